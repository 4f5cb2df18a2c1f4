/* The caller's options, checked and with their defaults filled in. */
#ifndef DIRICHLET_ESTIMATOR_OPTIONS_H
#define DIRICHLET_ESTIMATOR_OPTIONS_H

#include "core/lent/lanes.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "dirichlet/estimator.h"
#include "dirichlet/status.h"

/* given NULL: all defaults. The copy's allocator and parallel are NULL: they go to
 * *allocator and *lanes. */
dirichlet_status options_read(const dirichlet_estimator_options *given,
                              dirichlet_estimator_options *copy, struct allocator *allocator,
                              struct lanes *lanes, struct message *message);

#endif
