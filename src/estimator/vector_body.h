/* Sums over vectors; body for both precisions. */

#define VECTOR_LANES 8
#define FINITE_LANES 16

static double sum_of_lanes(const double *lanes)
{
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/* <a, b> in double, in an order that depends on the size alone. */
static double inner_product(const real *a, const real *b, int64_t size)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= size; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++)
            lanes[q] += (double)a[i + q] * (double)b[i + q];
    for (; i < size; i++)
        lanes[0] += (double)a[i] * (double)b[i];
    return sum_of_lanes(lanes);
}

/* ||v||^2, the same number as <v, v>; every element is converted to double once. */
static double squared_norm(const real *v, int64_t size)
{
    double lanes[VECTOR_LANES] = {0};
    int64_t i = 0;
    for (; i + VECTOR_LANES <= size; i += VECTOR_LANES)
        for (int64_t q = 0; q < VECTOR_LANES; q++) {
            const double element = (double)v[i + q];
            lanes[q] += element * element;
        }
    for (; i < size; i++)
        lanes[0] += (double)v[i] * (double)v[i];
    return sum_of_lanes(lanes);
}

/* Zero times a number is zero exactly if the number is finite. */
static bool is_finite_vector(const real *v, int64_t size)
{
    real lanes[FINITE_LANES] = {0};
    int64_t i = 0;
    for (; i + FINITE_LANES <= size; i += FINITE_LANES)
        for (int64_t q = 0; q < FINITE_LANES; q++)
            lanes[q] += v[i + q] * (real)0;
    for (; i < size; i++)
        lanes[0] += v[i] * (real)0;
    for (int64_t q = 1; q < FINITE_LANES; q++)
        lanes[0] += lanes[q];
    return lanes[0] == (real)0;
}
