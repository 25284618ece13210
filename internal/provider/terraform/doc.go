// Package terraform reads Terraform and OpenTofu states: what they declare, and nothing they hide.
//
// A state keeps secrets in clear, and what it marks as sensitive is only some of them. So nothing is
// kept but an allow-list (allow.go), whatever else a state holds: outputs, private data and check
// results are skipped without being decoded, sensitive values are dropped even where their name is
// allowed, and strings that look like a secret are dropped and counted (secret.go).
//
// Two forms are read, each as a stream of objects (parse.go): a state file of version 4, and what
// `terraform show -json` prints of a state. Of a plan only its prior state is read: what a plan
// intends does not exist yet, and an inventory lists what does.
//
// An Object is the redacted form of one resource instance. A Snapshot is a whole state of them; its
// JSON is what `console push` sends, and DecodeSnapshot enforces the allow-list again on arrival.
// Both the files of a source and a pushed Snapshot reach the sync core as one scope a state, through
// the same function from an Object to a provider.Resource (resource.go).
//
// # Identity
//
// A thing that another adapter may see too carries that adapter's native id, so that both are
// witnesses of one resource (identity.go):
//
//   - aws: attributes.arn. The native type is the one of types.go, and for a type not listed there
//     the ARN's "service:resource", as AWS Resource Explorer writes it. A few types without an ARN
//     get one where region and account are both in the state.
//   - azurerm: the ARM id in lower case; its native type is read from the id.
//   - google: the full resource name ("//compute.googleapis.com/projects/…") from self_link or id,
//     for the types of types.go.
//   - kubernetes: a state does not tell the cluster's UID that a Kubernetes id needs, so the thing is
//     listed as Kubernetes' with an id of this state; metadata.uid is kept for a later join.
//
// Everything else is "terraform://<lineage>/<address>" of provider terraform. So is whatever would
// repeat an id: settings of another thing (an association, a secret's version) often carry its id.
//
// # Regions
//
// The configuration of a provider is not in a state. A region comes from an attribute or from the
// ARN; otherwise it is unknown, and not guessed from a provider's alias.
package terraform
