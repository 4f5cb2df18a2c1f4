/* From double to the caller's type. */

static void narrow(int64_t count, const double *values, real *out)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = (real)values[i];
}
