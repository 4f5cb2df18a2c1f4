/* The command line of `measure`. */
#ifndef MEASURE_OPTIONS_H
#define MEASURE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "problem.h"

enum precision { PRECISION_OF_WEIGHTS, PRECISION_F32, PRECISION_F64 };

struct options {
    const char *weights;
    const char *data;
    const char *energies; /* NULL: not wanted */
    dirichlet_activation activation;
    dirichlet_activation output_activation;
    double activation_parameter; /* of `activation`; 0: the usual one */
    dirichlet_method method;
    enum precision precision;
    int64_t probes; /* 0: the library's choice */
    uint64_t seed;
    double tolerance;   /* 0: measure every sample */
    double confidence;  /* 0: the library's */
    int64_t limit;      /* 0: all samples */
    int64_t layer;      /* 0: the last */
    int64_t population; /* 0: the data stand for a distribution */
    int64_t workspace;  /* 0: the library's */
    int json;
    int help;
    int version;
};

/* 0, or -1 with the problem. With help or version set the files may be missing. */
int options_parse(int count, char **arguments, struct options *options, struct problem *problem);

/* Names as they are given on the command line. */
const char *activation_name(dirichlet_activation activation);
const char *method_name(dirichlet_method method);

extern const char options_help[];

#endif
