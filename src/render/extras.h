/* What a report has beyond its template's parts: pictures, and addresses of links.
 *
 * The survey gathers them; where the format has relationships, each part that refers to one gets
 * its own.  Emit finds them again by what the data say, so nothing is kept for each time that one
 * is used.
 */
#ifndef RENDER_EXTRAS_H
#define RENDER_EXTRAS_H

#include "flavour/flavour.h"
#include "render/album.h"
#include "render/keys.h"

struct extras {
  struct album album;
  struct new_picture *pictures; /* by photo */
  size_t npictures, pictures_cap;
  struct keys addresses; /* → number */
  uint32_t naddresses;
  struct keys targets; /* part, copy, kind and number of each relation */
  struct new_relation *relations;
  size_t nrelations, relations_cap;
};

struct machine;
struct op;

bool extras_picture(struct machine *m, const struct op *op);
bool extras_picture_slot(struct machine *m, const struct op *op);
bool extras_link_text(struct machine *m, const struct op *op);
bool extras_link_value(struct machine *m, const struct op *op);
bool extras_link(struct machine *m, const struct op *op);
bool extras_link_ref(struct machine *m, const struct op *op);

#endif
