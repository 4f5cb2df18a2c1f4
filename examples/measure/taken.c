#include "taken.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "printable.h"

#define SHAPE_TEXT 192

static const struct {
    unsigned fold;
    const char *name;
} folds[] = {
    {FOLD_WEIGHT_NORM, "weight_norm"},
    {FOLD_SPECTRAL_NORM, "spectral_norm"},
    {FOLD_MASK, "mask"},
    {FOLD_BATCH_NORM_BEFORE, "batch_norm"},
    {FOLD_BATCH_NORM_AFTER, "batch_norm_of_inputs"},
    {FOLD_SHARED, "shared"},
};

static const char *activation_of(const struct run *run, int index)
{
    return run->network->layers[index].slopes != NULL ? "prelu" : run_activation(run, index)->text;
}

static const char *layout_of(const struct layer *layer)
{
    return layer->in_out ? "in-out" : "out-in";
}

static void print_layer(const struct run *run, int index)
{
    const struct layer *layer = &run->network->layers[index];
    char shape[SHAPE_TEXT];
    const int width = (int)strlen(layer->name);
    printf("  ");
    printable_print(layer->name);
    printf("%*s %s %s, %s%s, %s", width < 20 ? 20 - width : 0, "", number_name(layer->weight->type),
           tensor_shape_text(layer->weight, shape, sizeof shape), layout_of(layer),
           layer->bias != NULL || layer->folded_bias != NULL ? ", bias" : "",
           activation_of(run, index));
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++)
        if (layer->folds & folds[i].fold)
            printf(", %s", folds[i].name);
    if (layer->epsilon > 0.0)
        printf(" eps %g", layer->epsilon);
    printf("\n");
}

static void print_left_out(const struct network *network)
{
    for (int i = 0; i < network->left_out_count; i++) {
        printf("  left out             ");
        printable_print(network->left_out[i]->name);
        printf("\n");
    }
}

static const char *space_of(const struct samples *samples)
{
    if (samples->mean == NULL && samples->deviation == NULL)
        return samples->scale < 1.0 ? "bytes / 255" : "as they are";
    return samples->scale < 1.0 ? "(bytes / 255 - mean) / std" : "(x - mean) / std";
}

static void print_data(const struct samples *samples)
{
    const struct array *array = &samples->array;
    printf("data                   %s, %s%s%s, %s\n"
           "  derivative           with respect to these values\n",
           array->format, number_name(array->type), array->was_fortran ? ", Fortran order" : "",
           array->was_big_endian ? ", big-endian" : "", space_of(samples));
}

void taken_print(const struct run *run)
{
    for (int i = 0; i < run->layers; i++)
        print_layer(run, i);
    printf("  order by %s, layout by %s\n", decision_name(run->network->order),
           decision_name(run->network->layout));
    print_left_out(run->network);
    print_data(run->samples);
    if (run->labels != NULL)
        printf("accuracy               %.4g %%\n",
               100.0 * (double)run->labels->right / (double)run->labels->samples);
}

static int add_text(cJSON *json, const char *key, const char *text)
{
    return cJSON_AddStringToObject(json, key, text) != NULL;
}

static int add_shape(cJSON *json, const struct tensor *tensor)
{
    char text[32];
    cJSON *shape = cJSON_AddArrayToObject(json, "shape");
    int fine = shape != NULL;
    for (int i = 0; fine && i < tensor->axes; i++) {
        snprintf(text, sizeof text, "%" PRId64, tensor->shape[i]);
        fine = cJSON_AddItemToArray(shape, cJSON_CreateRaw(text));
    }
    return fine;
}

static int add_folds(cJSON *json, const struct layer *layer)
{
    cJSON *folded = cJSON_AddArrayToObject(json, "folded");
    int fine = folded != NULL;
    for (size_t i = 0; fine && i < sizeof folds / sizeof folds[0]; i++)
        if (layer->folds & folds[i].fold)
            fine = cJSON_AddItemToArray(folded, cJSON_CreateString(folds[i].name));
    return fine;
}

static int add_layer(cJSON *layers, const struct run *run, int index)
{
    const struct layer *layer = &run->network->layers[index];
    cJSON *json = cJSON_CreateObject();
    return json != NULL && cJSON_AddItemToArray(layers, json) &&
           add_text(json, "name", layer->name) && add_text(json, "tensor", layer->weight->name) &&
           add_shape(json, layer->weight) && add_text(json, "layout", layout_of(layer)) &&
           add_text(json, "dtype", number_name(layer->weight->type)) &&
           cJSON_AddBoolToObject(json, "bias", layer->bias != NULL || layer->folded_bias != NULL) !=
               NULL &&
           add_text(json, "activation", activation_of(run, index)) && add_folds(json, layer);
}

static int add_layers(cJSON *json, const struct run *run)
{
    cJSON *layers = cJSON_AddArrayToObject(json, "layers_taken");
    int fine = layers != NULL;
    for (int i = 0; fine && i < run->layers; i++)
        fine = add_layer(layers, run, i);
    return fine;
}

static int add_left_out(cJSON *json, const struct network *network)
{
    cJSON *names = cJSON_AddArrayToObject(json, "left_out");
    int fine = names != NULL;
    for (int i = 0; fine && i < network->left_out_count; i++)
        fine = cJSON_AddItemToArray(names, cJSON_CreateString(network->left_out[i]->name));
    return fine;
}

static int add_data(cJSON *json, const struct samples *samples)
{
    const struct array *array = &samples->array;
    cJSON *data = cJSON_AddObjectToObject(json, "data");
    return data != NULL && add_text(data, "format", array->format) &&
           add_text(data, "dtype", number_name(array->type)) &&
           add_text(data, "order", array->was_fortran ? "fortran" : "c") &&
           add_text(data, "byte_order", array->was_big_endian ? "big" : "little") &&
           add_text(data, "values", space_of(samples));
}

int taken_add(cJSON *json, const struct run *run)
{
    const struct labels *labels = run->labels;
    return add_layers(json, run) &&
           add_text(json, "order_by", decision_name(run->network->order)) &&
           add_text(json, "layout_by", decision_name(run->network->layout)) &&
           add_left_out(json, run->network) && add_data(json, run->samples) &&
           (labels == NULL ||
            cJSON_AddNumberToObject(json, "accuracy",
                                    (double)labels->right / (double)labels->samples) != NULL);
}
