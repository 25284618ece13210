package awstest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// Estate is what the server holds.
type Estate struct {
	// Roles are the ARNs that may be assumed, with the external id each asks for ("" for none).
	Roles map[string]string
	Rows  []Row
}

// Row is one item of a listing, or the whole answer of a call about one thing.
type Row struct {
	Account string
	Region  string // "": whatever region is asked
	Op      string // "EC2.DescribeVolumes"
	Key     string // what the call is about; for S3.ListBuckets, the bucket
	Body    string
}

// Match selects calls; an empty field matches any.
type Match struct {
	Account string
	Region  string
	Op      string
}

func (m Match) of(r request) bool {
	return (m.Account == "" || m.Account == r.account) && (m.Region == "" || m.Region == r.region) && (m.Op == "" || m.Op == r.op)
}

// Faults are what goes wrong.
type Faults struct {
	PageSize      int     // rows of a page at most; 0: all
	Deny          []Match // refused for want of a permission
	Throttle      []Match // too fast, however often they are asked
	ThrottleEvery int     // each n-th call is refused once as too fast; 0: none
	Fail          []Match // 500
	FailPageTwo   []Match // 500 from the second page on
	Stall         []Match // never answered
	Repeat        bool    // each page begins with the last row of the one before
	// Code answers the calls of CodeFor with this error code and status 400.
	Code    string
	CodeFor []Match
}

// Server is a running server.
type Server struct {
	URL string

	mu     sync.Mutex
	estate Estate
	faults Faults
	calls  []Match
}

// Serve starts a server that ends with the test.
func Serve(t testing.TB, e Estate, f Faults) *Server {
	t.Helper()
	s := &Server{estate: e, faults: f}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

// Set replaces what the server holds: the estate changed.
func (s *Server) Set(e Estate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.estate = e
}

// Calls returns every call so far, attempts that were refused included.
func (s *Server) Calls() []Match {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// AccessKey is the access key id of an account. Any secret goes with it.
func AccessKey(account string) string { return "AKIA" + account }

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	r, err := parse(hr)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, Match{r.account, r.region, r.op})
	n, e, f := len(s.calls), s.estate, s.faults
	s.mu.Unlock()
	if anyOf(f.Stall, r) {
		<-hr.Context().Done()
		return
	}
	if a, broken := f.answer(r, n); broken {
		r.write(w, a)
		return
	}
	r.write(w, e.answer(r, f))
}

func anyOf(list []Match, r request) bool {
	return slices.ContainsFunc(list, func(m Match) bool { return m.of(r) })
}

// answer is what call number n gets when a fault hits it.
func (f Faults) answer(r request, n int) (answer, bool) {
	switch {
	case anyOf(f.Deny, r):
		return failure(r.proto.denied, "User: arn:aws:iam::"+r.account+":user/x is not authorized to perform this operation"), true
	case anyOf(f.Throttle, r), f.ThrottleEvery > 0 && n%f.ThrottleEvery == 0:
		return failure(r.proto.throttled, "Rate exceeded"), true
	case anyOf(f.Fail, r), r.offset > 0 && anyOf(f.FailPageTwo, r):
		return failure(fault{"InternalError", http.StatusInternalServerError}, "We encountered an internal error"), true
	case anyOf(f.CodeFor, r):
		return failure(fault{f.Code, http.StatusBadRequest}, "The request was refused with "+f.Code), true
	}
	return answer{}, false
}

// answer looks the call up.
func (e Estate) answer(r request, f Faults) answer {
	switch r.op {
	case "STS.GetCallerIdentity":
		return answer{body: callerIdentity(r.account)}
	case "STS.AssumeRole":
		return e.assumeRole(r)
	case "S3.GetBucketLocation":
		return e.bucketLocation(r)
	}
	if list, ok := lists[r.op]; ok {
		return e.page(r, list, f)
	}
	d, ok := details[r.op]
	if !ok {
		return failure(fault{"UnknownOperationException", http.StatusBadRequest}, "awstest does not know "+r.op)
	}
	if a, wrong := e.wrongRegion(r); wrong {
		return a
	}
	for _, row := range e.rows(r) {
		if row.Key == r.key {
			return answer{body: row.Body}
		}
	}
	if d.absent.code == "" {
		return answer{body: d.empty}
	}
	return failure(d.absent, "Nothing of that name: "+r.key)
}

// wrongRegion refuses what S3 refuses: a bucket asked for in another region than its own.
func (e Estate) wrongRegion(r request) (answer, bool) {
	if r.proto != s3Proto {
		return answer{}, false
	}
	for _, row := range e.Rows {
		if row.Op == "S3.ListBuckets" && row.Key == r.key && row.Region != r.region {
			return failure(fault{"AuthorizationHeaderMalformed", http.StatusBadRequest}, "the region is wrong; expecting "+row.Region), true
		}
	}
	return answer{}, false
}

func (e Estate) rows(r request) []Row {
	var found []Row
	for _, row := range e.Rows {
		regional := row.Region != "" && row.Op != "S3.ListBuckets"
		if row.Op == r.op && row.Account == r.account && (!regional || row.Region == r.region) {
			found = append(found, row)
		}
	}
	return found
}

// page answers with the rows from the request's offset on.
func (e Estate) page(r request, l list, f Faults) answer {
	var bodies []string
	for _, row := range e.rows(r) {
		if l.keyed && row.Key != r.key {
			continue
		}
		bodies = append(bodies, row.Body)
	}
	from, to, next := min(r.offset, len(bodies)), len(bodies), ""
	if f.PageSize > 0 && !l.whole && from+f.PageSize < to {
		to = from + f.PageSize
		next = "page-" + strconv.Itoa(to)
	}
	if f.Repeat && from > 0 {
		from--
	}
	return answer{body: l.render(bodies[from:to], next)}
}
