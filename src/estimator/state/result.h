/* From moments to a value with its error. */
#ifndef DIRICHLET_ESTIMATOR_RESULT_H
#define DIRICHLET_ESTIMATOR_RESULT_H

#include <stdint.h>

#include "core/statistics/moments.h"
#include "dirichlet/estimator.h"
#include "dirichlet/status.h"
#include "estimator/state/estimator.h"

/* Value, errors and interval of what the estimator has seen into `moments`, of a population of that
 * size or, with 0, of any; needs a sample of positive weight. Of the rest only confidence is set.
 */
void result_estimate(const dirichlet_estimator *estimator, const struct moments *moments,
                     int64_t population, dirichlet_result *result);

/* dirichlet_estimator_result, in the default floating-point environment. */
dirichlet_status result_read(const dirichlet_estimator *estimator, dirichlet_result *result);

#endif
