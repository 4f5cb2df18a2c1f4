/* One training, looked at again and again: what its network's geometric complexity is on the way,
 * on training and test images, in every class and in every layer. */
#ifndef EXAMPLES_PAPER_COURSE_H
#define EXAMPLES_PAPER_COURSE_H

#include <stdint.h>

#include "images.h"
#include "sweep.h"
#include "trainer.h"

#define COURSE_HIDDEN 2
#define COURSE_CLASSES 10

/* Columns of the sweep, whose levels are the steps at which to look. */
enum {
    COURSE_GC, /* on training images */
    COURSE_GC_TEST,
    COURSE_GC_RATIO, /* test / training */
    COURSE_LOSS,
    COURSE_LOSS_TEST,
    COURSE_ACCURACY,
    COURSE_ACCURACY_TEST,
    COURSE_GC_LAYER,                                   /* of the first hidden layer's output, ... */
    COURSE_GC_CLASS = COURSE_GC_LAYER + COURSE_HIDDEN, /* of the images of class 0, 1, ... */
    COURSE_COLUMNS = COURSE_GC_CLASS + COURSE_CLASSES
};

struct course {
    const struct mnist *mnist;
    int64_t samples;                  /* drawn of the training images */
    int64_t measured;                 /* the first of them, and as many test images at most */
    struct trainer_settings settings; /* of COURSE_HIDDEN hidden layers */
};

/* Give the sweep the columns above, and this course to fill them. It must outlive the sweep. */
void course_connect(struct course *course, struct sweep *sweep);

/* Levels at which classes are compared: the first, one on the way, the last. */
#define COURSE_COMPARED 3
int course_compared_level(const struct sweep *sweep, int which);

/* By how much a class's complexity is above that of all training images, in per cent. */
struct summary course_class_percent(const struct sweep *sweep, int level, int class_number);

#endif
