/* A CBLAS that counts its calls and multiplies to nothing: what it is bound for shows. With
 * PARTIAL it has the product of doubles alone, with FORTRAN what other libraries rest on. */
int fake_calls = 0;

/* They stand in for a library whose header this file does not see. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#if defined(FORTRAN)

void dgemm_(void)
{
    fake_calls++;
}

#else

static void count(void)
{
    fake_calls++;
}

void cblas_dgemm(void)
{
    count();
}

#if !defined(PARTIAL)

void cblas_sgemm(void)
{
    count();
}

void cblas_dsyrk(void)
{
    count();
}

void cblas_ssyrk(void)
{
    count();
}

void cblas_dtrmm(void)
{
    count();
}

void cblas_strmm(void)
{
    count();
}

void cblas_dtrsm(void)
{
    count();
}

/* The answer of 32-bit integers to a length of -2^32 + 2 of ones. */
double cblas_ddot(int n, const double *x, int x_stride, const double *y, int y_stride)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += x[i * x_stride] * y[i * y_stride];
    return sum;
}

#endif
#endif
