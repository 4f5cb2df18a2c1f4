#include "layout.h"

#include "fold.h"

int layout_is_named(const struct layer *layers, int count)
{
    for (int i = 0; i < count; i++)
        if (!layers[i].is_kernel)
            return 0;
    return 1;
}

int layout_set(struct layer *layers, int count, enum layout layout, int is_option, int *fault)
{
    for (int i = 0; i < count; i++) {
        struct layer *layer = &layers[i];
        const int in_out = (layer->is_kernel && !is_option) || layout == LAYOUT_IN_OUT;
        layer->in_out = in_out;
        layer->outputs = in_out ? layer->stored_columns : layer->stored_rows;
        layer->inputs = in_out ? layer->stored_rows : layer->stored_columns;
        if (layer->bias != NULL && tensor_size(layer->bias) != layer->outputs) {
            *fault = i;
            return 0;
        }
    }
    return 1;
}
