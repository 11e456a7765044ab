/* Places: what programs call the stories. */
#include "base/place.h"

const char *const story_names[] = {[STORY_NONE] = "",
                                   [STORY_BODY] = "body",
                                   [STORY_HEADER] = "header",
                                   [STORY_FOOTER] = "footer",
                                   [STORY_FOOTNOTE] = "footnote",
                                   [STORY_ENDNOTE] = "endnote",
                                   [STORY_COMMENT] = "comment",
                                   [STORY_TEXTBOX] = "textbox",
                                   [STORY_CHART] = "chart",
                                   [STORY_PROPERTY] = "property",
                                   [STORY_OTHER] = "other"};
