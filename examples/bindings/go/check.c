#include "either.h"
#include "table.h"

dirichlet_status godirichlet_check(int single, const godirichlet_model *model, int64_t samples,
                                   const element *x, const dirichlet_check_options *options,
                                   element *parameters, element *gradient,
                                   dirichlet_check_finding *findings,
                                   dirichlet_check_report *report, dirichlet_error *error)
{
    godirichlet_either filled;
    dirichlet_check_options given = *options;
    given.parameters = parameters;
    given.gradient = gradient;
    dirichlet_check_report all = {
        .struct_size = sizeof all, .capacity = DIRICHLET_CHECK_MOST_FINDINGS, .findings = findings};
    for (int i = 0; i < DIRICHLET_CHECK_MOST_FINDINGS; i++)
        findings[i].struct_size = sizeof findings[i];
    dirichlet_status status = BY_PRECISION(dirichlet_model_check, table_of(single, model, &filled),
                                           samples, (const void *)x, &given, &all, error);
    all.findings = NULL; /* Go's memory, of which nothing may point to more of it */
    *report = all;
    return status;
}
