/* The command line of `measure`. */
#ifndef EXAMPLES_MEASURE_OPTIONS_H
#define EXAMPLES_MEASURE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include <dirichlet/dirichlet.h>

#include "activations.h"
#include "network/network.h"
#include "problem.h"

#define OPTIONS_MOST_THREADS 256

enum precision { PRECISION_OF_WEIGHTS, PRECISION_F32, PRECISION_F64 };

struct options {
    const char *weights;
    const char *data;
    struct activations activation;
    struct activation output_activation;
    int output_activation_is_given;
    double activation_parameter; /* of those two that take one */
    int activation_parameter_is_given;
    dirichlet_method method;
    int64_t probes; /* 0: the library's default, as for all below; DIRICHLET_PROBES_ALL */
    uint64_t seed;
    double tolerance;
    double confidence;
    int64_t limit;
    int64_t population;
    int64_t layer;
    enum precision precision;
    int64_t workspace;
    int64_t threads;      /* 1 or more */
    const char *energies; /* NULL: not wanted */
    const char *gradient; /* likewise */
    const char *layers;   /* what is said about the files; NULL: nothing, as for all below */
    const char *prefix;
    const char *mean;
    const char *deviation;
    const char *labels;
    enum layout layout;
    enum batch_norm_place batch_norm;
    double epsilon;
    int spectral;
    int json;
    int help;
    int version;
};

/* 0, or -1 with the problem. With --help or --version the files may be missing. */
int options_parse(int argc, char **argv, struct options *options, struct problem *problem);

/* A method in the spelling of --method. */
const char *options_method_name(dirichlet_method method);

#endif
