package dirichlet

// #include "parallel.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// AllLanes as an option's Lanes is runtime.GOMAXPROCS goroutines.
const AllLanes = -1

func lanes(given int) C.int64_t {
	if given == AllLanes {
		given = runtime.GOMAXPROCS(0)
	}
	return C.int64_t(given)
}

// godirichletParallelFor runs the library's tasks, each in a goroutine of its own, the first here.
// They call functions of Go only through guards, so none of them panics.
//
//export godirichletParallelFor
func godirichletParallelFor(tasks C.int64_t, task C.dirichlet_task_fn, argument unsafe.Pointer) {
	parallelFor(int64(tasks), func(i int64) {
		C.godirichlet_run_task(task, C.int64_t(i), argument)
	})
}

func parallelFor(tasks int64, run func(i int64)) {
	var others sync.WaitGroup
	for i := int64(1); i < tasks; i++ {
		others.Add(1)
		go func(i int64) {
			defer others.Done()
			run(i)
		}(i)
	}
	if tasks > 0 {
		run(0)
	}
	others.Wait()
}
