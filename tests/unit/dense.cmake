# Tests of src/dense, included by CMakeLists.txt.
unit_test(dense_f32)
unit_test(dense_f64)
