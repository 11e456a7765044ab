/* Rendering one record: survey, then emit.
 *
 * The survey evaluates and validates everything, collects all findings and writes nothing; only
 * when nothing is wrong the report is written, pulled through pack/.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include "render/shown.h"
#include "template/template.h"
#include "value/val.h"

struct render;
struct seeker;

/* A renderer may be used for one record after another. NULL: no memory. */
struct render *render_new(struct template *t);
void render_free(struct render *r);
/* Surveys also tell, as notes, what is done that a reader of the template may not expect. */
void render_explain(struct render *r);
/* Those who are told of the text that is shown, from the next survey on; borrowed. The template was
 * opened with template_options.shows. False: no memory. */
bool render_listen(struct render *r, const struct shown_listener *l, size_t n);
/* From now on surveys tell the seeker (expr/expr.h) of missing figures, whatever is done about them,
 * and nobody of the text that is shown; NULL: as before. */
void render_seek(struct render *r, const struct seeker *seeker);
/* Runs the survey over a record. False: findings say everything that is wrong. The record must
 * live until render_write or the next survey. */
bool render_survey(struct render *r, const struct val *root, struct findings *fs);
/* Gives the pictures that the data named for the surveyed record, each name once: the folder (empty,
 * or ending in a slash) and the name below it.  False as soon as `take` is. */
bool render_pictures(const struct render *r, bool (*take)(void *ctx, str folder, str file),
                     void *ctx);
/* Writes the surveyed record as a report; gate as in pack_commit. */
bool render_write(struct render *r, const char *path, enum pack_mode mode,
                  const struct pack_gate *gate, struct findings *fs);

#endif
