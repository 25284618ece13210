package awstest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// request is what a call asks, whatever protocol it came in.
type request struct {
	op      string
	account string
	region  string
	key     string
	offset  int
	form    url.Values
	proto   *protocol
}

// answer is a status and a body. Status 0 is 200.
type answer struct {
	status int
	code   string // of an error
	body   string
}

// fault is an error code and its status.
type fault struct {
	code   string
	status int
}

func failure(f fault, message string) answer {
	return answer{status: f.status, code: f.code, body: message}
}

// protocol is how a service wraps its errors, and which codes it uses.
type protocol struct {
	contentType string
	denied      fault
	throttled   fault
	fail        func(code, message string) string
}

var (
	ec2Proto = &protocol{
		"text/xml",
		fault{"UnauthorizedOperation", 403},
		fault{"RequestLimitExceeded", 503},
		func(code, message string) string {
			return "<Response><Errors><Error><Code>" + code + "</Code><Message>" + escape(message) + "</Message></Error></Errors><RequestID>r</RequestID></Response>"
		},
	}
	queryProto = &protocol{
		"text/xml",
		fault{"AccessDenied", 403},
		fault{"Throttling", 400},
		func(code, message string) string {
			return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" + escape(message) + "</Message></Error><RequestId>r</RequestId></ErrorResponse>"
		},
	}
	s3Proto = &protocol{
		"application/xml",
		fault{"AccessDenied", 403},
		fault{"SlowDown", 503},
		func(code, message string) string {
			return "<Error><Code>" + code + "</Code><Message>" + escape(message) + "</Message></Error>"
		},
	}
	json10Proto = &protocol{"application/x-amz-json-1.0", fault{"AccessDeniedException", 400}, fault{"ThrottlingException", 400}, failJSON}
	json11Proto = &protocol{"application/x-amz-json-1.1", fault{"AccessDeniedException", 400}, fault{"ThrottlingException", 400}, failJSON}
	restProto   = &protocol{"application/json", fault{"AccessDeniedException", 403}, fault{"TooManyRequestsException", 429}, failJSON}
)

func failJSON(code, message string) string {
	return fmt.Sprintf(`{"__type":%q,"message":%q}`, code, message)
}

func (r request) write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", r.proto.contentType)
	body := a.body
	if a.code != "" {
		w.Header().Set("X-Amzn-ErrorType", a.code)
		body = r.proto.fail(a.code, a.body)
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if r.proto == json10Proto { // DynamoDB, whose clients check it
		w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(body))), 10))
	}
	w.WriteHeader(a.status)
	if _, err := io.WriteString(w, body); err != nil {
		panic(http.ErrAbortHandler) // the client went away; there is nobody to tell
	}
}

// signed reads access key, region and service from the signature.
var signed = regexp.MustCompile(`Credential=(?:AKIA|ASIA)(\d{12})/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request`)

// targets are the services that name the operation in X-Amz-Target.
var targets = map[string]struct {
	service string
	proto   *protocol
}{
	"DynamoDB_20120810":         {"DynamoDB", json10Proto},
	"TrentService":              {"KMS", json11Proto},
	"AWSOrganizationsV20161128": {"Organizations", json11Proto},
}

func parse(hr *http.Request) (request, error) {
	m := signed.FindStringSubmatch(hr.Header.Get("Authorization"))
	if m == nil {
		return request{}, fmt.Errorf("not signed with a test key: %q", hr.Header.Get("Authorization"))
	}
	r := request{account: m[1], region: m[2], form: hr.URL.Query()}
	if target := hr.Header.Get("X-Amz-Target"); target != "" {
		return r.fromJSON(hr, target)
	}
	switch service := m[3]; service {
	case "ec2", "rds", "sts":
		return r.fromQuery(hr, service)
	case "s3":
		return r.fromS3(hr)
	case "eks", "lambda":
		return r.fromREST(hr, service)
	default:
		return r, fmt.Errorf("awstest has no service %q", service)
	}
}

func (r request) fromJSON(hr *http.Request, target string) (request, error) {
	prefix, op, _ := strings.Cut(target, ".")
	t, ok := targets[prefix]
	if !ok {
		return r, fmt.Errorf("awstest has no target %q", target)
	}
	r.op, r.proto = t.service+"."+op, t.proto
	var in map[string]any
	if err := json.NewDecoder(hr.Body).Decode(&in); err != nil {
		return r, fmt.Errorf("read %s: %w", target, err)
	}
	for _, name := range []string{"TableName", "ResourceArn", "KeyId", "ResourceId"} {
		if v, ok := in[name].(string); ok {
			r.key = v
		}
	}
	for _, name := range []string{"ExclusiveStartTableName", "NextToken", "Marker"} {
		if v, ok := in[name].(string); ok {
			return r.at(v)
		}
	}
	return r, nil
}

func (r request) fromQuery(hr *http.Request, service string) (request, error) {
	if err := hr.ParseForm(); err != nil {
		return r, fmt.Errorf("read the form: %w", err)
	}
	r.form, r.proto = hr.PostForm, queryProto
	if service == "ec2" {
		r.proto = ec2Proto
	}
	r.op = strings.ToUpper(service) + "." + r.form.Get("Action")
	return r.at(r.form.Get("NextToken") + r.form.Get("Marker"))
}

func (r request) fromS3(hr *http.Request) (request, error) {
	r.proto, r.key = s3Proto, strings.Trim(hr.URL.Path, "/")
	switch {
	case r.key == "":
		r.op = "S3.ListBuckets"
	case r.form.Has("tagging"):
		r.op = "S3.GetBucketTagging"
	case r.form.Has("replication"):
		r.op = "S3.GetBucketReplication"
	case r.form.Has("location"):
		r.op = "S3.GetBucketLocation"
	}
	return r.at(r.form.Get("continuation-token"))
}

func (r request) fromREST(hr *http.Request, service string) (request, error) {
	r.proto = restProto
	parts := strings.Split(strings.Trim(hr.URL.Path, "/"), "/")
	switch {
	case service == "eks" && len(parts) == 1:
		r.op = "EKS.ListClusters"
	case service == "eks":
		r.op, r.key = "EKS.DescribeCluster", parts[1]
	case strings.Contains(hr.URL.Path, "/functions"):
		r.op = "Lambda.ListFunctions"
	default:
		r.op, r.key = "Lambda.ListTags", strings.Join(parts[2:], "/")
	}
	return r.at(r.form.Get("nextToken") + r.form.Get("Marker"))
}

// at reads the offset in a token; "" is the first page.
func (r request) at(token string) (request, error) {
	if token == "" {
		return r, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(token, "page-"))
	if err != nil {
		return r, fmt.Errorf("%s: token %q is not ours", r.op, token)
	}
	r.offset = n
	return r, nil
}

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}
