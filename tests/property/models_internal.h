/* What the two precisions of the models offer to models.c. */
#ifndef PROPERTY_MODELS_INTERNAL_H
#define PROPERTY_MODELS_INTERNAL_H

#include "models.h"

dirichlet_status scaled_map_run_f64(struct scaled_map *map, unsigned offers,
                                    const dirichlet_estimator_options *options, int64_t samples,
                                    const double *scales, const double *weights, double *energies,
                                    dirichlet_result *result, dirichlet_error *error);
dirichlet_status scaled_map_run_f32(struct scaled_map *map, unsigned offers,
                                    const dirichlet_estimator_options *options, int64_t samples,
                                    const double *scales, const double *weights, double *energies,
                                    dirichlet_result *result, dirichlet_error *error);

#endif
