#include "report.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const char *reason_of(dirichlet_stop_reason reason)
{
    switch (reason) {
    case DIRICHLET_STOP_TOLERANCE: return "tolerance";
    case DIRICHLET_STOP_SAMPLES: return "samples";
    default: return "none";
    }
}

static void print_error(const char *name, double error, double value)
{
    if (isnan(error))
        printf("  %-20s unknown\n", name);
    else if (value > 0.0)
        printf("  %-20s %-14.6g (%.2g %%)\n", name, error, 100.0 * error / value);
    else
        printf("  %-20s %.6g\n", name, error);
}

void report_table(const struct report *report)
{
    const struct run *run = report->run;
    const dirichlet_result *r = &run->result;
    printf("geometric complexity   %.10g\n", r->value);
    print_error("standard error", r->standard_error, r->value);
    print_error("  from the data", r->standard_error_data, r->value);
    print_error("  from the probes", r->standard_error_probes, r->value);
    if (!isnan(r->lower))
        printf("  %4g %% interval      %.6g to %.6g\n", 100.0 * r->confidence, r->lower, r->upper);
    printf("energies               %.6g to %.6g\n", r->min_energy, r->max_energy);
    printf("samples                %lld of %lld%s\n", (long long)r->samples,
           (long long)run->samples->count,
           r->stop_reason == DIRICHLET_STOP_TOLERANCE ? ", tolerance reached" : "");
    printf("network                %d layers, %lld inputs, %lld outputs, %s\n", report->layers,
           (long long)report->inputs, (long long)report->outputs, report->precision);
    printf("method                 %s%s, %lld Jacobian products\n", options_method_name(r->method),
           r->exact ? "" : " (estimate)", (long long)r->products);
    printf("seconds                %.3f\n", run->seconds);
}

static int add_numbers(cJSON *json, const struct run *run)
{
    const dirichlet_result *r = &run->result;
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"geometric_complexity", r->value},
                   {"standard_error", r->standard_error},
                   {"standard_error_data", r->standard_error_data},
                   {"standard_error_probes", r->standard_error_probes},
                   {"confidence", r->confidence},
                   {"lower", r->lower},
                   {"upper", r->upper},
                   {"samples", (double)r->samples},
                   {"products", (double)r->products},
                   {"min_energy", r->min_energy},
                   {"max_energy", r->max_energy},
                   {"noise", r->noise},
                   {"seconds", run->seconds}};
    int fine = 1;
    for (size_t i = 0; fine && i < sizeof numbers / sizeof numbers[0]; i++)
        fine = cJSON_AddNumberToObject(json, numbers[i].key, numbers[i].value) != NULL;
    return fine;
}

static int add_settings(cJSON *json, const struct report *report)
{
    const dirichlet_result *r = &report->run->result;
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, report->run->options->seed);
    return cJSON_AddStringToObject(json, "method", options_method_name(r->method)) != NULL &&
           cJSON_AddBoolToObject(json, "exact", r->exact) != NULL &&
           cJSON_AddStringToObject(json, "stop_reason", reason_of(r->stop_reason)) != NULL &&
           cJSON_AddNumberToObject(json, "layers", report->layers) != NULL &&
           cJSON_AddNumberToObject(json, "inputs", (double)report->inputs) != NULL &&
           cJSON_AddNumberToObject(json, "outputs", (double)report->outputs) != NULL &&
           cJSON_AddStringToObject(json, "precision", report->precision) != NULL &&
           cJSON_AddRawToObject(json, "seed", seed) != NULL &&
           cJSON_AddStringToObject(json, "blas", dirichlet_blas_name()) != NULL;
}

int report_json(const struct report *report)
{
    cJSON *json = cJSON_CreateObject();
    char *text = NULL;
    if (json != NULL && add_numbers(json, report->run) && add_settings(json, report))
        text = cJSON_Print(json);
    if (text != NULL)
        printf("%s\n", text);
    const int result = text == NULL ? -1 : 0;
    cJSON_free(text);
    cJSON_Delete(json);
    return result;
}
