package terraform

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
)

// identity is whose a thing is and what its provider calls it.
type identity struct {
	provider   cloud.ProviderID
	id         string
	nativeType string
	account    string
	region     string
}

// identify finds the identity that other witnesses of the same thing use. The zero identity means
// that only the state knows it.
func identify(o Object) identity {
	if settingsOf(o.Type) {
		return identity{}
	}
	switch family(o.Type) {
	case "aws":
		return identifyAWS(o)
	case "azurerm":
		return identifyAzure(o)
	case "google":
		return identifyGoogle(o)
	case "kubernetes":
		return identifyKubernetes(o)
	}
	return identity{}
}

// settingsOf reports types that carry the id of the thing they are a setting of.
func settingsOf(typ string) bool {
	for _, end := range []string{
		"_association", "_attachment", "_network_rules", "_customer_managed_key", "_dns_servers", "_queue_properties",
		"_static_website", "_secret_version", "_secret_policy", "_secret_rotation", "_iam_member", "_iam_binding", "_iam_policy_document",
	} {
		if strings.HasSuffix(typ, end) {
			return true
		}
	}
	return false
}

// arn is arn:partition:service:region:account:resource.
type arn struct{ partition, service, region, account, resource string }

func parseARN(s string) (arn, bool) {
	p := strings.SplitN(s, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[1] == "" || p[2] == "" || p[5] == "" || strings.ContainsAny(s, " |*") {
		return arn{}, false
	}
	return arn{p[1], p[2], p[3], p[4], p[5]}, true
}

func identifyAWS(o Object) identity {
	at := o.Attributes
	id := strings.TrimSuffix(at["arn"], ":*") // log groups, as older providers wrote them
	a, ok := parseARN(id)
	if !ok {
		if id = buildARN(o); id == "" {
			return identity{}
		}
		a, _ = parseARN(id)
	}
	t := awsTypes[o.Type]
	if t == "" {
		kind, _, _ := strings.Cut(strings.ReplaceAll(a.resource, "/", ":"), ":")
		t = a.service + ":" + kind
	}
	return identity{
		provider: cloud.AWS, id: id, nativeType: t,
		account: first(a.account, at["identity.account_id"], at["owner_id"]),
		region:  first(a.region, at["region"], at["identity.region"]),
	}
}

// buildARN puts an ARN together where every part is certain.
func buildARN(o Object) string {
	at := o.Attributes
	account := first(at["identity.account_id"], at["owner_id"])
	r, known := cloud.FindRegion(cloud.AWS, first(at["region"], at["identity.region"]))
	p, ok := awsPaths[o.Type]
	if !ok || !known || account == "" || at["id"] == "" {
		return ""
	}
	return "arn:" + r.Partition + ":" + p.service + ":" + r.Code + ":" + account + ":" + p.path + at["id"]
}

// armID is a resource's id below a subscription or a management group; what joins two with "|" is not one.
var armID = regexp.MustCompile(`^(?:/subscriptions/([0-9a-f-]{36}))?(?:/resourcegroups/([^/|]+))?((?:/providers/[^/|]+(?:/[^/|]+/[^/|]+)+)*)$`)

func identifyAzure(o Object) identity {
	original := o.Attributes["id"]
	id := strings.ToLower(strings.TrimSuffix(original, "/"))
	m := armID.FindStringSubmatch(id)
	if m == nil || id == "" {
		return identity{}
	}
	t := armType(original)
	switch {
	case m[3] == "" && m[2] != "":
		t = "Microsoft.Resources/subscriptions/resourceGroups"
	case m[3] == "" && m[1] != "":
		t = "Microsoft.Resources/subscriptions"
	case t == "":
		return identity{}
	}
	return identity{provider: cloud.Azure, id: id, nativeType: t, account: m[1], region: azureRegion(o.Attributes["location"])}
}

// armType reads Microsoft.Sql/servers/databases out of an id: the segments after the last
// "providers" alternate between types and names.
func armType(id string) string {
	i := strings.LastIndex(strings.ToLower(id), "/providers/")
	if i < 0 {
		return ""
	}
	parts := strings.Split(strings.Trim(id[i+len("/providers/"):], "/"), "/")
	var t strings.Builder
	t.WriteString(parts[0])
	for j := 1; j < len(parts); j += 2 {
		t.WriteString("/" + parts[j])
	}
	return t.String()
}

// azureRegion turns "West Europe" into "westeurope".
func azureRegion(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}

var apiVersion = regexp.MustCompile(`^/(?:compute/|sql/|bigquery/|dns/|storage/)?v[0-9][0-9a-z]*/`)

func identifyGoogle(o Object) identity {
	at := o.Attributes
	t, ok := googleTypes[o.Type]
	name := googleName(o, at["self_link"], at["id"])
	if !ok || name == "" {
		return identity{}
	}
	_, rest, _ := strings.Cut("/"+name, "/projects/")
	project, _, _ := strings.Cut(rest, "/")
	return identity{
		provider: cloud.GCP, id: "//" + t.host + "/" + name, nativeType: t.asset,
		account: first(project, at["project"]), region: googleRegion(at, name),
	}
}

// googleName is the part of a full resource name behind the host.
func googleName(o Object, selfLink, id string) string {
	switch o.Type {
	case "google_storage_bucket":
		return first(o.Attributes["name"], id)
	case "google_spanner_instance": // its id is project/name
		if p, n := o.Attributes["project"], o.Attributes["name"]; p != "" && n != "" {
			return "projects/" + p + "/instances/" + n
		}
		return ""
	}
	if u, err := url.Parse(selfLink); err == nil && strings.HasSuffix(u.Host, "googleapis.com") {
		path := u.Path
		if v := apiVersion.FindString(path); v != "" {
			path = path[len(v)-1:]
		}
		if strings.HasPrefix(path, "/projects/") {
			return strings.Trim(path, "/")
		}
	}
	if strings.HasPrefix(id, "projects/") {
		return strings.Trim(id, "/")
	}
	return ""
}

// googleRegion takes the region or location, or the region of a zone, or the one in the name.
func googleRegion(at map[string]string, name string) string {
	place := strings.ToLower(first(lastSegment(at["region"]), lastSegment(at["location"]), lastSegment(at["zone"])))
	if place == "" {
		for _, word := range []string{"locations", "regions", "zones"} {
			if _, rest, ok := strings.Cut("/"+name, "/"+word+"/"); ok {
				place, _, _ = strings.Cut(rest, "/")
			}
		}
	}
	if place == "" && strings.Contains("/"+name, "/global/") {
		return "global"
	}
	return regionOfZone(cloud.GCP, place)
}

// regionOfZone cuts "europe-west3-a" and "eu-central-1a" to their region, where that is known.
func regionOfZone(p cloud.ProviderID, place string) string {
	if _, ok := cloud.FindRegion(p, place); ok || place == "" {
		return place
	}
	if cut := strings.TrimSuffix(place[:len(place)-1], "-"); cut != "" {
		if _, ok := cloud.FindRegion(p, cut); ok {
			return cut
		}
	}
	return place
}

var kubernetesVersion = regexp.MustCompile(`_v[0-9]+(?:(?:alpha|beta)[0-9]+)?$`)

// identifyKubernetes says that the thing is Kubernetes'. Its id needs the cluster's UID, which no
// state has, so the id stays the state's.
func identifyKubernetes(o Object) identity {
	t, ok := kubernetesTypes[kubernetesVersion.ReplaceAllString(o.Type, "")]
	if !ok {
		return identity{}
	}
	return identity{provider: cloud.Kubernetes, nativeType: t}
}

func lastSegment(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
