# Flags that everything of this project is compiled with, the consumer's code not.

# clang takes the named integer constants of C, enum { SAMPLES = 10 }, for enumerations.
set(DIRICHLET_WARNINGS
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla
  -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings -Wredundant-decls -Wundef -Wunused-macros
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
  $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
  $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wlogical-op>
  $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wduplicated-cond>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wno-enum-float-conversion>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wcomma>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wconditional-uninitialized>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wunreachable-code>)

# Plain IEEE arithmetic, whatever the project that embeds this one says: they come after its flags
# (CMAKE_C_FLAGS, add_compile_options). src/core/arithmetic/arithmetic.h refuses what they do not undo.
# Contraction to fused multiply-adds would give other bits on other machines. Nothing here reads errno,
# and a square root that may set it keeps a loop from being vectorized; its bits are the same.
set(DIRICHLET_ARITHMETIC "")
set(DIRICHLET_ARITHMETIC_LINK "")
if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang|IntelLLVM")
  set(DIRICHLET_ARITHMETIC
    -fno-fast-math -fno-unsafe-math-optimizations -fno-associative-math -fno-reciprocal-math
    -fno-finite-math-only -fsigned-zeros -ffp-contract=off
    -fno-math-errno)
  # gcc 12 and clang 14 link code into a shared library that sets flush-to-zero for the whole
  # process, if they see one of these or -Ofast.
  set(DIRICHLET_ARITHMETIC_LINK -O2 -fno-fast-math -fno-unsafe-math-optimizations)
  # The compiler knows what it compiles for; CMAKE_SYSTEM_PROCESSOR may be the machine's.
  include(CheckCSourceCompiles)
  check_c_source_compiles("
    #if !defined(__i386__) && !defined(__x86_64__)
    #error
    #endif
    int main(void) { return 0; }" DIRICHLET_ON_X86)
  if(DIRICHLET_ON_X86)
    list(APPEND DIRICHLET_ARITHMETIC -msse2 -mfpmath=sse) # never the x87
  endif()
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  list(APPEND DIRICHLET_ARITHMETIC -fno-single-precision-constant)
  # On s390x C11 would otherwise mean float in double.
  list(APPEND DIRICHLET_ARITHMETIC $<$<COMPILE_LANGUAGE:C>:-fexcess-precision=fast>)
elseif(CMAKE_C_COMPILER_ID STREQUAL "IntelLLVM")
  list(PREPEND DIRICHLET_ARITHMETIC -fp-model=precise)
elseif(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 18)
  # -fno-fast-math after -ffast-math sets the contraction that the last of them sets again.
  list(APPEND DIRICHLET_ARITHMETIC -Wno-overriding-t-option)
endif()

set(DIRICHLET_INSTRUMENTATION "")
if(DIRICHLET_SANITIZE)
  list(APPEND DIRICHLET_INSTRUMENTATION
    -fsanitize=${DIRICHLET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
endif()
if(DIRICHLET_COVERAGE)
  list(APPEND DIRICHLET_INSTRUMENTATION --coverage -fprofile-update=atomic)
endif()
if(DIRICHLET_BUILD_FUZZERS)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "DIRICHLET_BUILD_FUZZERS needs clang; the compiler is "
      "${CMAKE_C_COMPILER_ID}.")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# One copy of every loop is enough where each is instrumented (src/core/arithmetic/vector.h).
if(DIRICHLET_INSTRUMENTATION OR DIRICHLET_BUILD_FUZZERS)
  add_compile_definitions(DIRICHLET_NO_CLONES)
endif()
if(DIRICHLET_INSTRUMENTATION)
  add_compile_options(${DIRICHLET_INSTRUMENTATION})
  add_link_options(${DIRICHLET_INSTRUMENTATION})
endif()
