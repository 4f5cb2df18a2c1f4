// How the trainers written in C++ judge their figures.
#ifndef INTEGRATIONS_CHECK_HPP
#define INTEGRATIONS_CHECK_HPP

#include <cmath>
#include <cstdio>

// Whether all that was asked has been true so far.
class checks
{
  public:
    void agree(const char *what, double value, double reference, double bound)
    {
        const double error = std::abs(value - reference) / std::abs(reference);
        std::printf("  %-40s %.7g, off by %.1e (at most %.0e)\n", what, value, error, bound);
        record(error <= bound); // false for a NaN
    }
    void small(const char *what, double error, double bound)
    {
        std::printf("  %-40s off by %.1e (at most %.0e)\n", what, error, bound);
        record(error <= bound);
    }
    void is_true(const char *what, bool holds)
    {
        std::printf("  %-40s %s\n", what, holds ? "yes" : "NO");
        record(holds);
    }
    int exit_status() const
    {
        std::printf("%s\n", passed_ ? "all checks passed" : "CHECKS FAILED");
        return passed_ ? 0 : 1;
    }

  private:
    void record(bool holds) { passed_ = passed_ && holds; }

    bool passed_ = true;
};

#endif
