/* Times the training of examples/paper: 784-128-128-10, ReLU, cross-entropy, plain gradient descent
 * at 0.1 on batches of 64 of the images of MNIST in DIRECTORY.
 *
 *   bench_trainer DIRECTORY [--runs R]   median of R turns of 500 steps each
 *   bench_trainer DIRECTORY --serve      a line on the input is a turn; answers "seconds loss"
 * each, the seconds of a step and the loss of all images after it
 *
 * A turn begins with a new network. compare_trainer.py times other software beside it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "experiment.h"

#define STEPS 500
#define MOST_RUNS 1000

static void require(int result, const struct problem *problem)
{
    if (result == 0)
        return;
    fprintf(stderr, "bench_trainer: %s\n", problem->text);
    exit(1);
}

static double time_turn(const struct mnist *mnist, uint64_t seed, double *loss)
{
    struct trainer_settings settings = experiment_settings(mnist, 2, 128);
    struct trainer *trainer = NULL;
    struct trainer_score score;
    struct problem problem = {0};
    settings.seed = seed;
    require(trainer_create(&settings, &mnist->train.data, &trainer, &problem), &problem);
    require(trainer_steps(trainer, STEPS / 10, &problem), &problem); /* pages, caches */
    const double begin = wall_seconds_now();
    require(trainer_steps(trainer, STEPS, &problem), &problem);
    const double seconds = (wall_seconds_now() - begin) / STEPS;
    require(trainer_judge(trainer, &mnist->train.data, &score, &problem), &problem);
    trainer_destroy(trainer);
    *loss = score.loss;
    return seconds;
}

static void serve(const struct mnist *mnist)
{
    char line[64];
    uint64_t seed = 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        double loss;
        const double seconds = time_turn(mnist, seed++, &loss);
        printf("%.9g %.17g\n", seconds, loss);
        fflush(stdout);
    }
}

static void time_runs(const struct mnist *mnist, int runs)
{
    double times[MOST_RUNS];
    double loss = NAN;
    for (int run = 0; run < runs; run++)
        times[run] = time_turn(mnist, 1, &loss);
    printf("784-128-128-10, batch 64: %.4g ms a step; loss %.4g after %d steps\n",
           1e3 * median(times, runs), loss, STEPS + STEPS / 10);
}

int main(int count, char **words)
{
    struct problem problem = {0};
    struct mnist mnist;
    const int serves = count == 3 && strcmp(words[2], "--serve") == 0;
    const int given = count == 4 && strcmp(words[2], "--runs") == 0;
    const int runs = given ? atoi(words[3]) : 7;
    if ((count != 2 && !serves && !given) || runs < 1 || runs > MOST_RUNS) {
        fprintf(stderr, "usage: bench_trainer DIRECTORY [--runs R | --serve], R from 1 to %d\n",
                MOST_RUNS);
        return 2;
    }
    require(mnist_read(words[1], &mnist, &problem), &problem);
    if (serves)
        serve(&mnist);
    else
        time_runs(&mnist, runs);
    mnist_free(&mnist);
    return 0;
}
