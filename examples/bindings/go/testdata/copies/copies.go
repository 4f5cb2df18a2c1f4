// Package copies has copies of what must not be copied, one a line, for go vet to find.
package copies

import "dirichlet"

func of(network *dirichlet.Dense[float64], gradient *dirichlet.Gradient[float32],
	tangent *dirichlet.Tangent[float64], estimator *dirichlet.Estimator[float64], state *dirichlet.State) {
	networkCopy := *network
	parametersCopy := network.Parameters
	gradientCopy := *gradient
	tangentCopy := *tangent
	estimatorCopy := *estimator
	stateOfEstimatorCopy := *estimator.State
	stateCopy := *state
	_, _, _ = &networkCopy, &parametersCopy, &gradientCopy
	_ = &tangentCopy
	_, _, _ = &estimatorCopy, &stateOfEstimatorCopy, &stateCopy
}
