/* Where layers and the modules beside them stand: which of them have a path's last part alone in
 * difference. Sorted once, so that files of many layers take no longer than sorting does. */
#ifndef EXAMPLES_MEASURE_SIBLINGS_H
#define EXAMPLES_MEASURE_SIBLINGS_H

#include "modules.h"
#include "network.h"

struct sibling {
    const char *path;
    size_t parent; /* characters before the last part */
    long number;   /* at the end of the path; -1: none */
    int index;     /* of the layer or the module */
};

struct siblings {
    int count;                 /* of the layers */
    struct sibling *in_order;  /* by parent, then in the order of the layers */
    struct sibling *by_number; /* by parent, then by number */
    struct sibling *by_name;   /* by parent, then in natural order */
    int *descents;             /* of those in order, so far: places where names say another one */
    int64_t *sizes;            /* inputs and outputs of all layers, sorted: 2 count */
    int *ranks;                /* of each module among those of its kind beside it */
    int *kin;                  /* how many these are */
};

/* 0, or -1 if there is no memory; siblings_free in both cases. The paths stay the layers'. */
int siblings_make(const struct modules *modules, const struct layer *layers, int count,
                  struct siblings *siblings);
void siblings_free(struct siblings *siblings);

/* The layer beside `path` that is called by this number alone; -1: none. */
int siblings_numbered(const struct siblings *siblings, const char *path, long number);

/* The only layer beside `path` whose name ends in its number; -1: none, or several. */
int siblings_same_number(const struct siblings *siblings, const char *path);

/* The layers beside `path`, and the one among them of a rank in their order, -1: none. */
int siblings_count(const struct siblings *siblings, const char *path);
int siblings_ranked(const struct siblings *siblings, const char *path, int rank);

/* Whether the names of the layers beside `path` do not contradict their order. */
int siblings_are_ordered(const struct siblings *siblings, const char *path);

/* The layer beside `path` that numbers put last before it; -1: none. */
int siblings_before(const struct siblings *siblings, const char *path);

/* Whether some layer has so many inputs or outputs. */
int siblings_have_size(const struct siblings *siblings, int64_t size);

#endif
