package terraform

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Limits of what is kept of one value. A provider's own limit for a tag is 256 characters.
const (
	maxValueBytes = 512
	maxIDBytes    = 1024
	maxTags       = 128
	maxReplicas   = 64
)

// allowed are the attributes that may be kept, of any cloud's types. The reason for each group:
var allowed = set(
	// what it is and which other witness sees it
	"id", "arn", "self_link", "name", "identity.account_id", "identity.region",
	// where it is
	"region", "location", "zone", "availability_zone",
	// whose it is
	"project", "account_id", "subscription_id", "resource_group_name", "owner_id",
	// what a move would have to match: engine and size
	"engine", "engine_version", "engine_mode", "database_version", "instance_class", "instance_type", "machine_type",
	"node_type", "vm_size", "size", "sku", "sku_name", "sku_tier", "tier", "account_tier", "account_kind",
	"storage_class", "storage_type", "volume_type", "kind", "runtime",
	// which country a copy may be in, and what encrypts it
	"account_replication_type", "primary_location", "secondary_location", "replicate_source_db", "multi_az",
	"availability_type", "location_type", "geo_redundant_backup_enabled", "geo_backup_enabled", "cross_region_restore_enabled",
	"storage_mode_type", "zone_redundant", "multi_region", "global_cluster_identifier", "replication_source_identifier",
	"master_instance_name", "is_multi_region_trail", "storage_encrypted", "encrypted", "kms_key_id", "kms_key_arn",
	// nested blocks
	"metadata.name", "metadata.namespace", "metadata.uid", "settings.tier", "settings.availability_type",
)

// anyProvider are the attributes kept of a provider whose types nobody here knows. Not id: that of
// random_string is the string, and a password to somebody.
var anyProvider = set("name", "region", "location", "zone")

// identifiers are values that must not be cut, and that may be long and look random.
var identifiers = set("id", "arn", "self_link", "kms_key_id", "kms_key_arn", "replicate_source_db", "replication_source_identifier")

// tagAttributes hold tags. A later one wins over an earlier one of the same key: tags_all and
// effective_labels are what the cloud really has, with the defaults of the provider's configuration.
var tagAttributes = []string{"tags", "tags_all", "user_labels", "labels", "terraform_labels", "effective_labels", "metadata.labels", "settings.user_labels"}

// replicaBlocks are nested blocks that name the region of a copy.
var replicaBlocks = map[string][2]string{
	"aws_dynamodb_table":        {"replica", "region_name"},
	"aws_secretsmanager_secret": {"replica", "region"},
	"azurerm_cosmosdb_account":  {"geo_location", "location"},
}

// clouds are the providers whose ids are ids, by the first word of their types.
var clouds = set("aws", "azurerm", "google", "kubernetes")

var (
	providerPattern = regexp.MustCompile(`^[0-9A-Za-z.-]{1,80}(:[0-9]{1,5})?/[0-9A-Za-z._-]{1,80}/[0-9A-Za-z._-]{1,80}$`)
	zonePattern     = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z ()_-]{0,62}$`)
)

// family is the first word of a type: "aws" of aws_s3_bucket.
func family(typ string) string {
	f, _, _ := strings.Cut(typ, "_")
	return f
}

func isAllowed(typ, name string) bool {
	if !clouds[family(typ)] {
		return anyProvider[name]
	}
	return allowed[name]
}

// keeper decides value by value what of one instance is kept.
type keeper struct {
	hidden  []string // values marked as sensitive, which may stand in unmarked attributes too
	dropped Dropped
}

// value passes s on, cut and cleaned, or says that it must not be kept.
func (k *keeper) value(name, s string) (string, bool) {
	s = strings.TrimSpace(clean(s))
	looks, limit := secretLike, maxValueBytes
	if identifiers[name] {
		looks, limit = secretID, maxIDBytes
	}
	switch {
	case s == "":
		return "", false
	case k.hides(s):
		k.dropped.Sensitive++
		return "", false
	case looks(s):
		k.dropped.SecretLike++
		return "", false
	case len(s) > limit && identifiers[name]:
		k.dropped.TooLong++
		return "", false
	case len(s) > limit:
		k.dropped.TooLong++
		s = strings.TrimSpace(cut(s, limit))
	}
	return s, true
}

// hides reports whether s is, or contains, a value that the state marks as sensitive. A sensitive
// word of three letters or fewer says nothing and would hide too much.
func (k *keeper) hides(s string) bool {
	return slices.ContainsFunc(k.hidden, func(h string) bool { return len(h) > 3 && strings.Contains(s, h) })
}

// tag passes one tag on, or says that it must not be kept.
func (k *keeper) tag(key, value string) (string, string, bool) {
	key = strings.TrimSpace(clean(key))
	switch {
	case key == "" || len(key) > maxValueBytes:
		return "", "", false
	case k.hides(key):
		k.dropped.Sensitive++
		return "", "", false
	case secretLike(key), secretKey.MatchString(key) && value != "":
		k.dropped.SecretLike++
		return "", "", false
	}
	if strings.TrimSpace(clean(value)) == "" {
		return key, "", true
	}
	v, ok := k.value("tag", value)
	return key, v, ok
}

// tags keeps at most maxTags, in the order of their keys.
func (k *keeper) tags(in map[string]string) map[string]string {
	var out map[string]string
	for _, key := range slices.Sorted(maps.Keys(in)) {
		name, value, ok := k.tag(key, in[key])
		if !ok {
			continue
		}
		if len(out) == maxTags {
			k.dropped.TooLong++
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = value
	}
	return out
}

// replicas keeps region names, once each and sorted.
func (k *keeper) replicas(in []string) []string {
	var out []string
	for _, r := range in {
		if v, ok := k.value("region", r); ok && zonePattern.MatchString(v) && !slices.Contains(out, v) && len(out) < maxReplicas {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// again holds an Object that somebody else has redacted against the same rules.
func (o Object) again() (Object, Dropped, error) {
	a, err := parseAddress(o.Address)
	if err != nil {
		return Object{}, Dropped{}, err
	}
	if a.typ != o.Type {
		return Object{}, Dropped{}, errors.New("its type is not the one of its address")
	}
	if !providerPattern.MatchString(o.Provider) || secretLike(o.Provider) {
		return Object{}, Dropped{}, errors.New("its provider is not an address such as registry.terraform.io/hashicorp/aws")
	}
	if o.Deposed != "" && !deposedPattern.MatchString(o.Deposed) {
		return Object{}, Dropped{}, errors.New("its deposed key is not one")
	}
	k := keeper{}
	out := Object{Address: a.String(), Type: o.Type, Provider: o.Provider, Tainted: o.Tainted, Deposed: o.Deposed}
	for name, v := range o.Attributes {
		if !isAllowed(o.Type, name) {
			k.dropped.SecretLike++
			continue
		}
		if v, ok := k.value(name, v); ok {
			out.keep(name, v)
		}
	}
	out.Tags = k.tags(o.Tags)
	if _, ok := replicaBlocks[o.Type]; ok {
		out.Replicas = k.replicas(o.Replicas)
	}
	return out, k.dropped, nil
}

func (o *Object) keep(name, value string) {
	if o.Attributes == nil {
		o.Attributes = map[string]string{}
	}
	o.Attributes[name] = value
}

// scalar writes a string, a number or a truth as a string; anything else is not kept.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	}
	return "", false
}

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
