/* What the bodies are compiled for, as the source file has chosen, else double, as an editor reads
 * them: REAL is the precision, REAL_NAME its name, NAME(x) the library's x_f32 or x_f64,
 * NUMBER_REAL the type of tensors that need no conversion. */
#ifndef EXAMPLES_MEASURE_REAL_H
#define EXAMPLES_MEASURE_REAL_H

#ifndef REAL
#define REAL double
#define REAL_NAME "float64"
#define NAME(name) name##_f64
#define NUMBER_REAL NUMBER_F64
#endif

#endif
