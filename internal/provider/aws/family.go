package aws

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// family is one kind of listing: a value, in a small file of its own.
type family struct {
	API   string // the scope's API: "ec2.volumes"
	Title string // what it lists, for the permissions page
	Kinds []cloud.Kind
	// Global families are listed once per account, from the home region.
	Global bool
	// Eventual families may miss what exists for a while. The direct calls here answer from the
	// service that owns the resource, so none is; an index such as Resource Explorer would be.
	Eventual bool
	calls    []call
	// list puts every resource of the site into out and returns the first error as it is.
	list func(ctx context.Context, at site, out *rows) error
}

// call is one operation that a family makes.
type call struct {
	Op     string // the SDK's words: "EC2.DescribeVolumes"
	Action string // the IAM action that allows it: "ec2:DescribeVolumes"
	Why    string
	// try makes the call once, as small as it can be, and returns errNothingThere where it is about
	// a thing and there is none.
	try func(ctx context.Context, at site) error
}

// families is the list. The order is the order of scopes and of the permissions page.
var families = []family{
	accountFamily,
	ec2Instances,
	ec2Volumes,
	ec2Snapshots,
	s3Buckets,
	rdsInstances,
	rdsClusters,
	rdsGlobalClusters,
	rdsSnapshots,
	rdsClusterSnapshots,
	rdsAutomatedBackups,
	dynamodbTables,
	eksClusters,
	lambdaFunctions,
	kmsKeys,
}

func findFamily(api string) (family, bool) {
	i := slices.IndexFunc(families, func(f family) bool { return f.API == api })
	if i < 0 {
		return family{}, false
	}
	return families[i], true
}

var (
	errStopped      = errors.New("the consumer stopped")
	errNothingThere = errors.New("nothing there to try it on")
)

// rows takes what a lister finds.
type rows struct {
	ctx   context.Context
	yield func(provider.Resource, error) bool
	// refused is the first detail that was denied. The others are still read, and then the scope
	// fails: a row without its tags and replicas would look as if it had none.
	refused error
}

// put hands one resource over. Its error ends the lister.
func (r *rows) put(res provider.Resource) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if !r.yield(res, nil) {
		return errStopped
	}
	return nil
}

const (
	askAtOnce = 8
	chunkSize = 32 // bounds what waits to be yielded
)

// details asks about each item, a few at a time, and puts what it learns in the order of the items.
// ask returns nil for what is gone by now, or is not ours to show.
func details[T any](ctx context.Context, out *rows, items []T, ask func(context.Context, T) (*provider.Resource, error)) error {
	for chunk := range slices.Chunk(items, chunkSize) {
		found, err := askAll(ctx, out, chunk, ask)
		for _, res := range found {
			if res == nil {
				continue
			}
			if err := out.put(*res); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func askAll[T any](ctx context.Context, out *rows, chunk []T, ask func(context.Context, T) (*provider.Resource, error)) ([]*provider.Resource, error) {
	found, refused := make([]*provider.Resource, len(chunk)), make([]error, len(chunk))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(askAtOnce)
	for i, item := range chunk {
		g.Go(func() error {
			res, err := ask(ctx, item)
			if err != nil && codeOf(err) == provider.ProblemDenied {
				refused[i] = err
				return nil
			}
			found[i] = res
			return err
		})
	}
	err := g.Wait()
	if i := slices.IndexFunc(refused, func(err error) bool { return err != nil }); i >= 0 && out.refused == nil {
		out.refused = refused[i]
	}
	return found, err
}

// about says which thing an error is about.
type about struct {
	what string
	err  error
}

func (a *about) Error() string { return fmt.Sprintf("%s: %v", a.what, a.err) }
func (a *about) Unwrap() error { return a.err }

// on names what a call was about; nil stays nil.
func on(what string, err error) error {
	if err == nil {
		return nil
	}
	return &about{what, err}
}
