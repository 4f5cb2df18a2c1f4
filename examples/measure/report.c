#include "report.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "printable.h"
#include "taken.h"

static const char *reason_of(dirichlet_stop_reason reason)
{
    switch (reason) {
    case DIRICHLET_STOP_TOLERANCE: return "tolerance";
    case DIRICHLET_STOP_SAMPLES: return "samples";
    default: return "none";
    }
}

static int64_t products_per_sample(const dirichlet_result *result)
{
    const int64_t samples = result->samples + result->skipped;
    return samples > 0 ? result->products / samples : 0;
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

/* How the tolerance, where one was asked for, ended. */
static const char *tolerance_text(const struct run *run)
{
    if (run->options->tolerance == 0.0)
        return "";
    return run->result.stop_reason == DIRICHLET_STOP_TOLERANCE ? ", tolerance reached"
                                                               : ", tolerance not reached";
}

static void print_spectral(const struct run *run)
{
    const struct spectral *spectral = run->spectral;
    double largest = 0.0;
    for (int i = 0; i < run->layers; i++)
        largest = fmax(largest, spectral->layers[i].norm);
    printf("largest Jacobian norm  %.10g%s\n", spectral->jacobian_norm,
           spectral->jacobian_converged ? "" : " (not converged)");
    printf("largest layer norm     %.10g%s\n", largest,
           spectral->lipschitz.converged ? "" : " (not converged)");
    printf("Lipschitz constant     at most %.10g\n", spectral->lipschitz.upper_bound);
}

static void print_classes(const struct run *run)
{
    for (int64_t i = 0; i < run->class_count; i++) {
        const dirichlet_result *r = &run->classes[i];
        if (r->samples > 0)
            printf("  class %-14" PRId64 " %.10g +- %.3g, %" PRId64 " samples\n", i, r->value,
                   r->standard_error, r->samples);
    }
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
           (long long)run->samples->count, tolerance_text(run));
    printf("network                %d layers, %lld inputs, %lld outputs, %s\n", run->layers,
           (long long)report->inputs, (long long)report->outputs, report->precision);
    taken_print(run);
    print_classes(run);
    printf("method                 %s%s, %lld Jacobian products\n", options_method_name(r->method),
           r->exact ? "" : " (estimate)", (long long)r->products);
    if (run->spectral != NULL)
        print_spectral(run);
    printf("seconds                %.3f\n", run->seconds);
}

/* cJSON keeps 15 digits where it takes them for enough; NaN is null. */
static cJSON *make_number(double value)
{
    char text[32];
    if (!isfinite(value))
        return cJSON_CreateNull();
    snprintf(text, sizeof text, "%.17g", value);
    return cJSON_CreateRaw(text);
}

static int add_number(cJSON *json, const char *key, double value)
{
    return cJSON_AddItemToObject(json, key, make_number(value));
}

static int add_count(cJSON *json, const char *key, uint64_t count)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, count);
    return cJSON_AddRawToObject(json, key, text) != NULL;
}

static int add_result(cJSON *json, const struct run *run)
{
    const dirichlet_result *r = &run->result;
    return add_number(json, "geometric_complexity", r->value) &&
           add_number(json, "standard_error", r->standard_error) &&
           add_number(json, "standard_error_data", r->standard_error_data) &&
           add_number(json, "standard_error_probes", r->standard_error_probes) &&
           add_number(json, "confidence", r->confidence) && add_number(json, "lower", r->lower) &&
           add_number(json, "upper", r->upper) &&
           add_count(json, "samples", (uint64_t)r->samples) &&
           add_count(json, "skipped", (uint64_t)r->skipped) &&
           add_number(json, "min_energy", r->min_energy) &&
           add_number(json, "max_energy", r->max_energy) && add_number(json, "noise", r->noise) &&
           cJSON_AddStringToObject(json, "method", options_method_name(r->method)) != NULL &&
           cJSON_AddBoolToObject(json, "exact", r->exact) != NULL &&
           add_count(json, "products", (uint64_t)r->products) &&
           add_count(json, "probes", (uint64_t)products_per_sample(r)) &&
           cJSON_AddStringToObject(json, "stop_reason", reason_of(r->stop_reason)) != NULL &&
           add_number(json, "seconds", run->seconds);
}

static int add_class(cJSON *classes, int64_t number, const dirichlet_result *r)
{
    cJSON *json = cJSON_CreateObject();
    const double none = (double)NAN;
    return json != NULL && cJSON_AddItemToArray(classes, json) &&
           add_count(json, "class", (uint64_t)number) &&
           add_count(json, "samples", (uint64_t)r->samples) &&
           add_number(json, "geometric_complexity", r->samples > 0 ? r->value : none) &&
           add_number(json, "standard_error", r->samples > 0 ? r->standard_error : none);
}

static int add_classes(cJSON *json, const struct run *run)
{
    if (run->class_count == 0)
        return 1;
    cJSON *classes = cJSON_AddArrayToObject(json, "classes");
    int fine = classes != NULL;
    for (int64_t i = 0; fine && i < run->class_count; i++)
        fine = add_class(classes, i, &run->classes[i]);
    return fine;
}

/* As they were asked for; the parameter is that of those that had none behind their name. */
static int add_activations(cJSON *json, const struct options *options)
{
    return cJSON_AddStringToObject(json, "activation", options->activation.text) != NULL &&
           cJSON_AddStringToObject(json, "output_activation", options->output_activation.text) !=
               NULL &&
           (!options->activation_parameter_is_given ||
            add_number(json, "activation_parameter", options->activation_parameter));
}

static int add_settings(cJSON *json, const struct report *report)
{
    return add_count(json, "layers", (uint64_t)report->run->layers) &&
           add_count(json, "inputs", (uint64_t)report->inputs) &&
           add_count(json, "outputs", (uint64_t)report->outputs) &&
           cJSON_AddStringToObject(json, "precision", report->precision) != NULL &&
           add_activations(json, report->run->options) && taken_add(json, report->run) &&
           add_count(json, "seed", report->run->options->seed) &&
           cJSON_AddStringToObject(json, "blas", dirichlet_blas_name()) != NULL;
}

static int add_layers(cJSON *json, const struct run *run)
{
    const struct spectral *spectral = run->spectral;
    cJSON *norms = cJSON_AddArrayToObject(json, "layer_spectral_norms");
    cJSON *converged = cJSON_AddArrayToObject(json, "layer_spectral_norms_converged");
    int fine = norms != NULL && converged != NULL;
    for (int i = 0; fine && i < run->layers; i++)
        fine = cJSON_AddItemToArray(norms, make_number(spectral->layers[i].norm)) &&
               cJSON_AddItemToArray(converged, cJSON_CreateBool(spectral->layers[i].converged));
    return fine;
}

static int add_spectral(cJSON *json, const struct run *run)
{
    const struct spectral *spectral = run->spectral;
    if (spectral == NULL)
        return 1;
    return add_number(json, "max_jacobian_spectral_norm", spectral->jacobian_norm) &&
           cJSON_AddBoolToObject(json, "max_jacobian_spectral_norm_converged",
                                 spectral->jacobian_converged) != NULL &&
           add_layers(json, run) &&
           add_number(json, "lipschitz_upper_bound", spectral->lipschitz.upper_bound) &&
           cJSON_AddBoolToObject(json, "lipschitz_upper_bound_converged",
                                 spectral->lipschitz.converged) != NULL;
}

/* Names hold what a terminal may listen to; where it is no part of JSON itself it stands in a text,
 * which has another spelling for it. */
static void print_json(const char *text)
{
    uint32_t character = 0;
    for (size_t length = 0; *text != '\0'; text += length) {
        length = utf8_read(text, &character);
        if (length == 0 || character < ' ' || utf8_is_printable(character))
            fwrite(text, 1, length += length == 0, stdout);
        else
            printf("\\u%04" PRIx32, character);
    }
    putchar('\n');
}

int report_json(const struct report *report)
{
    cJSON *json = cJSON_CreateObject();
    char *text = NULL;
    if (json != NULL && add_result(json, report->run) && add_classes(json, report->run) &&
        add_spectral(json, report->run) && add_settings(json, report))
        text = cJSON_Print(json);
    if (text != NULL)
        print_json(text);
    const int result = text == NULL ? -1 : 0;
    cJSON_free(text);
    cJSON_Delete(json);
    return result;
}
