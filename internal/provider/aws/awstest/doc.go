// Package awstest is a server that speaks the wire protocols of the AWS services the adapter reads,
// over an estate that a test writes down, with faults that a test asks for.
//
// The rows of an estate are what goes over the wire, so that the SDK's own decoders are part of
// every test: XML for EC2, RDS and S3, JSON for the others. The account is the one in the access
// key (test keys end in it), and the region the one that the request was signed for.
package awstest
