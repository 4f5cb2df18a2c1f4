// What the trainers written with dirichlet.hpp do with a model before they believe its values.
#ifndef INTEGRATIONS_CONTRACT_HPP
#define INTEGRATIONS_CONTRACT_HPP

#include <dirichlet/dirichlet.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "check.hpp"

// The library's check of the contract of model.h, on a few samples; says what does not hold.
template <class Real>
void keeps_contract(checks &checks, const dirichlet::model<Real> &model,
                    dirichlet::span<const Real> samples)
{
    const auto report = dirichlet::model_check(model, samples);
    for (const auto &finding : report.findings)
        if (finding.holds == 0)
            std::printf("  %s\n", finding.text);
    std::printf("  looked at %zu things in %lld calls\n", report.findings.size(),
                static_cast<long long>(report.calls));
    checks.is_true("the model keeps its contract", report.holds());
}

// How many times as long the second takes: the median over pairs of runs, in turns, so that what
// else the machine does troubles both alike.
template <class First, class Second> double times_as_long(First first, Second second, int pairs)
{
    const auto seconds = [](auto &run) {
        const auto start = std::chrono::steady_clock::now();
        run();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    std::vector<double> ratios;
    for (int pair = 0; pair < pairs; pair++) {
        const double one = seconds(first);
        ratios.push_back(seconds(second) / one);
    }
    std::sort(ratios.begin(), ratios.end());
    return ratios[ratios.size() / 2];
}

#endif
