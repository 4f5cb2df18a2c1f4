/* Every initialization there is, for its tests. */
#ifndef UNIT_INITIALIZATION_H
#define UNIT_INITIALIZATION_H

#include <stdint.h>

#include "dirichlet/dirichlet.h"

static const dirichlet_initialization schemes[] = {
    DIRICHLET_INITIALIZATION_LECUN, DIRICHLET_INITIALIZATION_GLOROT, DIRICHLET_INITIALIZATION_HE,
    DIRICHLET_INITIALIZATION_PYTORCH};
static const dirichlet_distribution distributions[] = {DIRICHLET_DISTRIBUTION_NORMAL,
                                                       DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL,
                                                       DIRICHLET_DISTRIBUTION_UNIFORM};
#define SCHEMES (int)(sizeof schemes / sizeof *schemes)
#define DISTRIBUTIONS (int)(sizeof distributions / sizeof *distributions)

static dirichlet_initialization_options options_of(int scheme, int distribution, uint64_t seed)
{
    return (dirichlet_initialization_options){.struct_size =
                                                  sizeof(dirichlet_initialization_options),
                                              .scheme = schemes[scheme],
                                              .distribution = distributions[distribution],
                                              .seed = seed};
}

#endif
