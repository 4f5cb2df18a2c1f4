/* Products with a matrix of weights, whatever its layout and type. */

/* A matrix of weights or its transpose: element (i, j) is data[i * row_stride + j * column_stride].
 */
struct weights_view {
    const real *data;
    int64_t row_stride;
    int64_t column_stride;
};

static struct weights_view weights_of(const struct dense_layer *layer)
{
    return (struct weights_view){layer->weights, layer->output_stride, layer->input_stride};
}

static struct weights_view transposed(struct weights_view view)
{
    return (struct weights_view){view.data, view.column_stride, view.row_stride};
}

/* Strides are 1 along extents of 1, so that one unit stride is all that BLAS asks for. */
static bool readable_by_blas(struct weights_view view)
{
    return sizeof(real) == sizeof(carry) && (view.row_stride == 1 || view.column_stride == 1);
}

static carry_matrix row_major(const carry *data, int64_t stride)
{
    return (carry_matrix){data, stride, 1};
}

/* A group of columns of the view, copied in the order its memory has, so that the copy runs
 * along it: column by column or row by row. */
static carry_matrix gather(struct weights_view view, int64_t first, int64_t columns, int64_t depth,
                           carry *out)
{
    const real *from = view.data + first * view.column_stride;
    if (view.row_stride < view.column_stride) {
        for (int64_t j = 0; j < columns; j++)
            for (int64_t i = 0; i < depth; i++)
                out[j * depth + i] = (carry)from[i * view.row_stride + j * view.column_stride];
        return (carry_matrix){out, 1, depth};
    }
    for (int64_t i = 0; i < depth; i++)
        for (int64_t j = 0; j < columns; j++)
            out[i * columns + j] = (carry)from[i * view.row_stride + j * view.column_stride];
    return row_major(out, columns);
}

/* c (rows x columns) = a (rows x depth) b. What BLAS cannot read, by its strides or because it
 * is of another type, is gathered by groups of columns. */
static void multiply_weights(const struct dense_workspace *workspace, int64_t rows, int64_t columns,
                             int64_t depth, const carry *a, struct weights_view b, carry *c)
{
    if (readable_by_blas(b)) {
        const carry_matrix direct = {(const carry *)(const void *)b.data, b.row_stride,
                                     b.column_stride};
        carry_multiply(rows, columns, depth, row_major(a, depth), direct, 0, c, columns);
        return;
    }
    const int64_t room = workspace->gathered_size / depth;
    for (int64_t first = 0; first < columns; first += room) {
        const int64_t width = columns - first < room ? columns - first : room;
        carry_multiply(rows, width, depth, row_major(a, depth),
                       gather(b, first, width, depth, workspace->gathered), 0, c + first, columns);
    }
}
