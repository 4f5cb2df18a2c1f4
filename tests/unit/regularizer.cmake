# Tests of src/regularizer, included by CMakeLists.txt.
unit_test(regularizer_f32)
unit_test(regularizer_f64)
