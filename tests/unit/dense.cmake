# Tests of src/dense, included by CMakeLists.txt.
unit_test(dense_f32)
unit_test(dense_f64)
unit_test(energy_plan)
