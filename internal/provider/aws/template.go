package aws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// statement is one entry of a policy.
type statement struct {
	Sid      string   `json:"Sid"`
	Effect   string   `json:"Effect"`
	Action   []string `json:"Action"`
	Resource string   `json:"Resource"`
}

// readActions are what the role in each account needs: every family's calls.
func readActions() []string {
	var all []string
	for _, f := range families {
		for _, c := range f.calls {
			all = append(all, c.Action)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// PolicyJSON is the policy of the role that is read with. The calls name no resource that is known
// before it was listed, so the resource is everything, and no action changes or reads data.
func PolicyJSON() (string, error) {
	return policy(statement{Sid: "CausewayRead", Effect: "Allow", Action: readActions(), Resource: "*"})
}

// CallerPolicyJSON is what the console's own identity needs in addition, to read other accounts
// through the role of that name.
func CallerPolicyJSON(role string) (string, error) {
	return policy(
		statement{Sid: "CausewayAccounts", Effect: "Allow", Action: []string{listAccounts.Action, listAccountTags.Action}, Resource: "*"},
		statement{Sid: "CausewayAssume", Effect: "Allow", Action: []string{assumeRole.Action}, Resource: "arn:*:iam::*:role/" + role},
	)
}

func policy(list ...statement) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Version   string      `json:"Version"`
		Statement []statement `json:"Statement"`
	}{"2012-10-17", list})
	if err != nil {
		return "", fmt.Errorf("write the policy: %w", err)
	}
	return b.String(), nil
}

const templateHead = `AWSTemplateFormatVersion: "2010-09-09"
Description: >-
  The role that Causeway reads this account with. It may list and describe; it can change nothing
  and read no data. Deploy it as a stack set to read a whole organization.
Parameters:
  RoleName:
    Type: String
    Default: ` + DefaultRole + `
    Description: The name under spec.aws.accounts.role of the source.
  TrustedPrincipal:
    Type: String
    Description: >-
      The ARN of the role or user that the console's process runs as. The console's test of the
      source names it.
    AllowedPattern: "^arn:aws[a-z-]*:iam::\\d{12}:.+$"
  ExternalId:
    Type: String
    Default: ""
    Description: The external id that the console must present. Empty for none.
Conditions:
  WithExternalId: !Not [!Equals [!Ref ExternalId, ""]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      Description: Read-only inventory by Causeway
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Ref TrustedPrincipal
            Action: sts:AssumeRole
            Condition: !If
              - WithExternalId
              - StringEquals:
                  sts:ExternalId: !Ref ExternalId
              - !Ref AWS::NoValue
      Policies:
        - PolicyName: CausewayRead
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: CausewayRead
                Effect: Allow
                Resource: "*"
                Action:
`

const templateTail = `Outputs:
  RoleArn:
    Description: The role that the console assumes.
    Value: !GetAtt Role.Arn
`

// RoleTemplate is the CloudFormation template of the role, ready to be deployed as it is: who may
// assume it and the external id are its parameters.
func RoleTemplate() string {
	var b strings.Builder
	b.WriteString(templateHead)
	for _, a := range readActions() {
		b.WriteString("                  - " + a + "\n")
	}
	b.WriteString(templateTail)
	return b.String()
}

// PermissionsDoc is docs/permissions-aws.md.
func PermissionsDoc() (string, error) {
	read, err := PolicyJSON()
	if err != nil {
		return "", err
	}
	caller, err := CallerPolicyJSON(DefaultRole)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# What the aws adapter may do\n\n" +
		"Generated from the adapter's own table of calls: do not edit, run `go test ./internal/provider/aws -run TestPermissionsDoc -update`.\n\n" +
		"Every call lists or describes. None changes anything, and none reads data: no objects, no rows, no user data.\n" +
		"`console source test NAME` tries each of them and names what is denied.\n\n" +
		"| listing | action | why |\n|---|---|---|\n")
	for _, c := range discovery {
		fmt.Fprintf(&b, "| accounts | `%s` | %s |\n", c.Action, c.Why)
	}
	for _, f := range families {
		for _, c := range f.calls {
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", f.Title, c.Action, c.Why)
		}
	}
	b.WriteString("\n## The role in each account\n\nAs a policy:\n\n```json\n" + read + "```\n\nAs a CloudFormation template:\n\n```yaml\n" + RoleTemplate() +
		"```\n\n## The console's own identity, where it reads several accounts\n\nBesides the policy above for its own account:\n\n```json\n" + caller + "```\n")
	return b.String(), nil
}
