// Everything an estimator gives in C++ has the bits that it has in C.
#include "support.hpp"

#include <typeinfo>

using namespace test;

namespace
{

const std::int64_t samples = 23;

dirichlet_estimator_options options_of(const arrangement &how)
{
    auto options = make<dirichlet_estimator_options>();
    options.method = how.method;
    options.probes = how.probes;
    options.seed = 7;
    return options;
}

std::vector<double> weights()
{
    std::vector<double> values = numbers<double>(samples, 3);
    for (double &value : values)
        value = value * value;
    return values;
}

// A result and the energies, in C.
template <class Real> struct reference {
    dirichlet_result result = make<dirichlet_result>();
    std::vector<double> energies = std::vector<double>(samples);
    std::vector<unsigned char> state;

    reference(sine &subject, const arrangement &how, const std::vector<Real> &x)
    {
        const auto table = sine_table<Real>(subject, how.callbacks);
        const auto options = options_of(how);
        dirichlet_estimator *estimator = nullptr;
        CHECK(precision<Real>::estimator_create(&table, &options, &estimator, nullptr) == 0);
        CHECK(precision<Real>::estimator_update(estimator, samples, x.data(), weights().data(),
                                                energies.data()) == 0);
        CHECK(dirichlet_estimator_result(estimator, &result) == 0);
        std::size_t size = 0;
        CHECK(dirichlet_estimator_serialize(estimator, nullptr, 0, &size) == 0);
        state.resize(size);
        CHECK(dirichlet_estimator_serialize(estimator, state.data(), size, &size) == 0);
        dirichlet_estimator_destroy(estimator);
    }
};

// Whole, in two parts that are merged, and through a state.
template <class Real>
void compare(sine &subject, const arrangement &how, const std::vector<Real> &x)
{
    const reference<Real> expected(subject, how, x);
    const auto table = sine_table<Real>(subject, how.callbacks);
    const auto options = options_of(how);
    const std::vector<double> all = weights();
    std::vector<double> energies(samples);

    dirichlet::estimator whole(wrap<Real>(table), options);
    whole.update(x, all, energies);
    CHECK_IN(same_bits(whole.result(), expected.result), "%s", how.name);
    CHECK_IN(same_bits(energies, expected.energies), "%s", how.name);
    CHECK_IN(same_bits(whole.serialize(), expected.state), "%s", how.name);

    dirichlet::estimator<Real> borrowed(table, options);
    borrowed.update(x, all);
    CHECK_IN(same_bits(borrowed.result(), expected.result), "%s", how.name);

    const std::size_t cut = 9;
    dirichlet::estimator first(wrap<Real>(table), options), second(wrap<Real>(table), options);
    first.update(span(x.data(), cut * static_cast<std::size_t>(how.inputs)), span(all.data(), cut));
    auto more = first.clone();
    second.seek(static_cast<std::int64_t>(cut));
    const std::size_t done = cut * static_cast<std::size_t>(how.inputs);
    second.update(span(x.data() + done, x.size() - done), span(all.data() + cut, samples - cut));
    first.merge(second);
    CHECK_IN(same_bits(first.result(), expected.result), "%s, merged", how.name);

    more.merge(dirichlet::estimator<Real>::deserialize(second.serialize()));
    CHECK_IN(same_bits(more.result(), expected.result), "%s, clone and state", how.name);

    first.reset();
    first.update(x, all);
    CHECK_IN(same_bits(first.result(), expected.result), "%s, reset", how.name);

    CHECK_IN(same_bits(dirichlet::measure(wrap<Real>(table), x, all, options, energies),
                       expected.result),
             "%s, measure", how.name);
    CHECK_IN(same_bits(energies, expected.energies), "%s, measure", how.name);
    CHECK_IN(same_bits(dirichlet::measure<Real>(table, x, all, options), expected.result),
             "%s, measure of a table", how.name);
}

template <class Real> void every_arrangement(void **)
{
    for (const arrangement &how : arrangements) {
        sine subject = sine_make(how.inputs, how.outputs);
        compare<Real>(subject, how, numbers<Real>(static_cast<std::size_t>(samples * how.inputs)));
    }
}

// The model's limits reach the library, and a stopped estimator says so.
template <class Real> void limits(void **)
{
    sine subject = sine_make(4, 3);
    auto model = wrap<Real>(sine_table<Real>(subject, SINE_VJP));
    model.max_samples = 2;
    model.max_directions = 1;
    auto options = make<dirichlet_estimator_options>();
    options.max_samples = 5;
    std::vector<std::int64_t> seen;
    dirichlet::estimator estimator(model, options, [&](const dirichlet_progress &now) {
        seen.push_back(now.samples);
        CHECK(now.total == 10 || now.total == 5);
    });
    CHECK(!estimator.stopped());
    estimator.update(numbers<Real>(40));
    CHECK(estimator.stopped());
    CHECK(estimator.result().samples == 5);
    CHECK(subject.most_samples <= 2 && subject.most_directions == 1);
    CHECK(seen.size() >= 1 && seen.back() == 5);
    print_message("%zu calls of progress\n", seen.size());
    estimator.update(span<const Real>());
    CHECK(estimator.result().samples == 5);
}

void names(void **)
{
    CHECK(dirichlet::version() == dirichlet_version());
    CHECK(std::string(dirichlet::version_string()) == dirichlet_version_string());
    CHECK(std::string(dirichlet::blas_name()) == dirichlet_blas_name());
    CHECK(std::string(dirichlet::blas_library()) == dirichlet_blas_library());
    CHECK(std::string(dirichlet::method_name(DIRICHLET_METHOD_EXACT)) == "exact");
    auto capabilities = make<dirichlet_capabilities>();
    CHECK(dirichlet_describe_library(&capabilities) == 0);
    CHECK(same_bits(dirichlet::describe_library(), capabilities));
    CHECK(capabilities.version == dirichlet::version());
    CHECK(std::string(dirichlet::check_item_name(DIRICHLET_CHECK_REPEAT)) == "repeat");
    CHECK(std::string(dirichlet::callback_name(DIRICHLET_CALLBACK_VJP)) == "vjp");
    // The types' names have the version in them.
    std::string version = "v";
    version += std::to_string(DIRICHLET_VERSION_MAJOR);
    version += '_';
    version += std::to_string(DIRICHLET_VERSION_MINOR);
    CHECK(std::string(typeid(dirichlet::error).name()).find(version) != std::string::npos);
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_arrangement<float>), cmocka_unit_test(every_arrangement<double>),
        cmocka_unit_test(limits<float>), cmocka_unit_test(limits<double>), cmocka_unit_test(names)};
    return check_report("cpp.values", cmocka_run_group_tests(tests, nullptr, nullptr));
}
