// The check of a model's contract, from C++.
#include "support.hpp"

#include <algorithm>

using namespace test;

namespace
{

const std::int64_t d = 4, k = 3, n = 6;

bool mentions(const dirichlet::check_report &report, dirichlet_check_item item,
              dirichlet_callback callback, bool holds)
{
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [&](const dirichlet_check_finding &finding) {
                           return finding.item == item && finding.callback == callback &&
                                  (finding.holds != 0) == holds;
                       });
}

template <class Real> void sound(void **)
{
    sine subject = sine_make(d, k);
    const auto table = sine_table<Real>(subject, SINE_ALL);
    const auto x = numbers<Real>(n * d);
    const auto report = dirichlet::model_check(wrap<Real>(table), x);
    print_message("%zu lines, %lld calls\n", report.findings.size(), (long long)report.calls);
    CHECK(report.holds() && report.failed == 0 && report.calls > 0);
    CHECK(std::string(report.first.message).empty());
    CHECK(mentions(report, DIRICHLET_CHECK_TRANSPOSED, DIRICHLET_CALLBACK_VJP, true) ||
          mentions(report, DIRICHLET_CHECK_TRANSPOSED, DIRICHLET_CALLBACK_JVP, true));
    CHECK(mentions(report, DIRICHLET_CHECK_REPEAT, DIRICHLET_CALLBACK_FORWARD, true));
    report.require();
    dirichlet::model_check<Real>(table, x).require();
}

// A backward pass of another function: the report says so, and so does the error.
template <class Real> void broken(void **)
{
    sine subject = sine_make(d, k);
    auto model = wrap<Real>(sine_table<Real>(subject, SINE_FORWARD | SINE_VJP));
    const auto whole = model;
    model.vjp = [&](std::int64_t samples, std::int64_t m, span<const Real> x, span<const Real> u,
                    span<Real> jtu) {
        whole.vjp(0, samples, m, x, u, jtu);
        for (Real &element : jtu)
            element *= Real(1.25);
    };
    const auto x = numbers<Real>(n * d);
    const auto report = dirichlet::model_check(model, x);
    CHECK(!report.holds() && report.failed >= 1 && report.findings[0].holds == 0);
    CHECK(mentions(report, DIRICHLET_CHECK_DERIVATIVE, DIRICHLET_CALLBACK_VJP, false));
    const auto &worst = report.findings[0];
    CHECK(!(worst.found <= worst.allowed));
    std::string message;
    CHECK(status_of([&] { report.require(); }, &message) == DIRICHLET_E_CONTRACT);
    print_message("%s\n", message.c_str());
    CHECK(message == report.first.message && !message.empty());
    CHECK(std::string(dirichlet::check_item_name(worst.item)) ==
              dirichlet_check_item_name(worst.item) &&
          std::string(dirichlet::callback_name(worst.callback)) == "vjp");
}

// The parameter VJP of t f(x), whose one parameter t the check may change.
template <class Real> void parameters(void **)
{
    sine subject = sine_make(d, k);
    const auto plain = wrap<Real>(sine_table<Real>(subject, SINE_FORWARD));
    std::vector<Real> theta = {Real(1.5)}, gradient = {Real(0.25)};
    Real wrong = 1;
    auto model = plain;
    model.forward = [&](std::int64_t rows, span<const Real> x, span<Real> y) {
        plain.forward(0, rows, 1, x, y);
        for (Real &element : y)
            element *= theta[0];
    };
    model.parameter_vjp = [&](std::int64_t rows, span<const Real> x, span<const Real> c) {
        std::vector<Real> y(c.size());
        plain.forward(0, rows, 1, x, y);
        double sum = 0;
        for (std::size_t i = 0; i < y.size(); i++)
            sum += double(y[i]) * double(c[i]);
        gradient[0] += wrong * Real(sum);
    };
    const auto x = numbers<Real>(n * d);
    const auto check = [&] {
        return dirichlet::model_check(model, x, make<dirichlet_check_options>(), theta, gradient);
    };
    CHECK(check().holds());
    CHECK(mentions(check(), DIRICHLET_CHECK_PARAMETERS, DIRICHLET_CALLBACK_PARAMETER_VJP, true));
    wrong = Real(0.75);
    CHECK(mentions(check(), DIRICHLET_CHECK_PARAMETERS, DIRICHLET_CALLBACK_PARAMETER_VJP, false));
    CHECK(theta[0] == Real(1.5) && gradient[0] == Real(0.25));
}

// What a callable throws comes out; what it says it cannot do is in the report.
template <class Real> void throwing(void **)
{
    dirichlet::model<Real> model{d, k};
    const auto x = numbers<Real>(n * d);
    model.forward = [](std::int64_t, span<const Real>, span<Real>) { throw std::string("no"); };
    std::string caught;
    try {
        dirichlet::model_check(model, x);
    } catch (const std::string &what) {
        caught = what;
    }
    CHECK(caught == "no");
    model.forward = [](std::int64_t, span<const Real>, span<Real>) {
        throw dirichlet::unsupported();
    };
    const auto report = dirichlet::model_check(model, x);
    CHECK(mentions(report, DIRICHLET_CHECK_RETURN, DIRICHLET_CALLBACK_FORWARD, false));
    CHECK(report.findings[0].callback_code == DIRICHLET_CALLBACK_UNSUPPORTED);
    CHECK(status_of([&] {
              dirichlet::model_check(dirichlet::model<Real>{d, k}, x);
          }) == DIRICHLET_E_MISSING_CALLBACK);
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(sound<float>),      cmocka_unit_test(sound<double>),
        cmocka_unit_test(broken<float>),     cmocka_unit_test(broken<double>),
        cmocka_unit_test(parameters<float>), cmocka_unit_test(parameters<double>),
        cmocka_unit_test(throwing<float>),   cmocka_unit_test(throwing<double>)};
    return check_report("cpp.check", cmocka_run_group_tests(tests, nullptr, nullptr));
}
