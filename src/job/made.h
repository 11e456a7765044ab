/* What a report is made of, as hashes: when they are the same, so are its bytes.
 *
 * The record's hash is over its values as they enter: names, texts, numbers, units.  Where they
 * stand in their files does not matter, nor the order of records; a workbook sorted anew or saved
 * as another kind of file is the same.
 */
#ifndef JOB_MADE_H
#define JOB_MADE_H

#include "data/data.h"
#include "base/digest.h"
#include "template/template.h"

/* Of one record; a list that is read in slices is read once more. False: findings. */
bool made_record(const struct names *ns, const struct val *root, struct digest_hex *out,
                 struct findings *fs);
/* Of the names of the data: what a tag means hangs on all of them. */
bool made_names(const struct names *ns, struct digest_hex *out, struct findings *fs);
/* Of the options that change reports, and the program's version. */
struct digest_hex made_settings(const struct template_options *o, str program);

#endif
