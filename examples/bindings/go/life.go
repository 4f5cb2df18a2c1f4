package dirichlet

import "sync/atomic"

// noCopy makes go vet report copies of the struct that has such a field. Copies share what they
// hold of C, so that one sees when another was closed; but only the first was meant.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// life is that of memory of C: free is called once, when its owner has closed it and none of the
// calls and estimators that hold it is left.
type life struct {
	closed  atomic.Bool
	holders atomic.Int32 // the owner, until it closes, and those that use the memory
	free    func()
}

func (l *life) begin(free func()) {
	l.free = free
	l.holders.Store(1)
}

// hold tells whether the memory is there and stays so until release.
func (l *life) hold() bool {
	for {
		holders := l.holders.Load()
		if holders == 0 || l.closed.Load() {
			return false
		}
		if l.holders.CompareAndSwap(holders, holders+1) {
			return true
		}
	}
}

func (l *life) release() {
	if l.holders.Add(-1) == 0 {
		l.free()
	}
}

// close is release by the owner. A second call does nothing.
func (l *life) close() {
	if l.closed.CompareAndSwap(false, true) {
		l.release()
	}
}
