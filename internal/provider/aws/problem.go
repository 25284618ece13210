package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/causeway/causeway/internal/provider"
)

// codes are the error codes whose meaning does not follow from the HTTP status.
var codes = map[string]provider.ProblemCode{
	"UnauthorizedOperation":       provider.ProblemDenied,
	"UnauthorizedException":       provider.ProblemDenied,
	"NotAuthorized":               provider.ProblemDenied,
	"AuthorizationError":          provider.ProblemDenied,
	"KMSAccessDeniedException":    provider.ProblemDenied,
	"AuthFailure":                 provider.ProblemCredentials,
	"InvalidClientTokenId":        provider.ProblemCredentials,
	"UnrecognizedClientException": provider.ProblemCredentials,
	"InvalidAccessKeyId":          provider.ProblemCredentials,
	"InvalidToken":                provider.ProblemCredentials,
	"TokenRefreshRequired":        provider.ProblemCredentials,
	"ExpiredToken":                provider.ProblemCredentials,
	"ExpiredTokenException":       provider.ProblemCredentials,
	"RequestExpired":              provider.ProblemCredentials,
	"RequestTimeTooSkewed":        provider.ProblemCredentials,
	"IncompleteSignature":         provider.ProblemCredentials,
	"InvalidSignatureException":   provider.ProblemCredentials,
	"SignatureDoesNotMatch":       provider.ProblemCredentials,
	"MissingAuthenticationToken":  provider.ProblemCredentials,
	"OptInRequired":               provider.ProblemDisabled,
	"RegionDisabledException":     provider.ProblemDisabled,
	"SubscriptionRequired":        provider.ProblemDisabled,
	"NotSignedUp":                 provider.ProblemDisabled,
	"Blocked":                     provider.ProblemSuspended,
	"PendingVerification":         provider.ProblemSuspended,
	"AccountProblem":              provider.ProblemSuspended,
	"AllAccessDisabled":           provider.ProblemSuspended,
}

// missing are the codes that say a named thing is not there (any more).
var missing = []string{"NoSuchBucket", "ResourceNotFoundException", "NotFoundException"}

// gone reports whether err says that the thing asked about does not exist.
func gone(err error) bool {
	return slices.Contains(missing, apiCode(err))
}

// codeOf classifies an error of the SDK. "" means that it is none of the provider's answers.
func codeOf(err error) provider.ProblemCode {
	var api smithy.APIError
	var status interface{ HTTPStatusCode() int }
	answered := errors.As(err, &status) && status.HTTPStatusCode() > 0 // 0: it was never answered
	if errors.As(err, &api) {
		switch code := api.ErrorCode(); {
		case codes[code] != "":
			return codes[code]
		case strings.HasPrefix(code, "AccessDenied"):
			return provider.ProblemDenied
		case throttled(err), strings.HasPrefix(code, "Throttl"):
			return provider.ProblemThrottled
		}
	}
	if answered {
		switch at := status.HTTPStatusCode(); {
		case at == http.StatusUnauthorized || at == http.StatusForbidden:
			return provider.ProblemDenied
		case at == http.StatusTooManyRequests:
			return provider.ProblemThrottled
		case at >= http.StatusInternalServerError:
			return provider.ProblemUnreachable
		}
		return provider.ProblemInvalid
	}
	var sent interface{ ConnectionError() bool }
	switch {
	case errors.As(err, &sent):
		return provider.ProblemUnreachable
	case api != nil:
		return provider.ProblemInvalid
	case strings.Contains(err.Error(), "get credentials"), strings.Contains(err.Error(), "get identity"):
		return provider.ProblemCredentials
	}
	if _, ok := errors.AsType[*smithy.DeserializationError](err); ok {
		return provider.ProblemInvalid
	}
	return ""
}

// problem makes what an operator reads of err. An ended context stays what it is.
func (at site) problem(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("read account %s %s: %w (%s)", at.Account, at.Region, ctx.Err(), shorten(err.Error()))
	}
	if known, ok := errors.AsType[*provider.Problem](err); ok {
		return known
	}
	p := &provider.Problem{Code: codeOf(err), Err: err}
	if p.Code == "" {
		p.Code = provider.ProblemInternal
	}
	op := operation(err)
	p.Text = fmt.Sprintf("%s in %s%s: %s", action(op), at.title(), subject(err), said(err))
	p.Fix = at.fix(p.Code, op, err)
	return p
}

// operation is the innermost call of err: where a listing needs a role first, it is STS.AssumeRole.
func operation(err error) string {
	op := ""
	for ; err != nil; err = errors.Unwrap(err) {
		if o, ok := err.(*smithy.OperationError); ok { //nolint:errorlint // errors.As would stop at the outermost
			op = o.ServiceID + "." + o.OperationName
		}
	}
	return op
}

// action is the permission that allows op, which is how operators know the call.
func action(op string) string {
	for _, c := range allCalls() {
		if c.Op == op {
			return c.Action
		}
	}
	if op == "" {
		return "A call"
	}
	return op
}

func subject(err error) string {
	if a, ok := errors.AsType[*about](err); ok {
		return ", " + a.what
	}
	return ""
}

// said is what the provider answered, or what kept it from answering.
func said(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		text, _, _ := strings.Cut(api.ErrorMessage(), "Encoded authorization failure message")
		return strings.TrimSpace(strings.TrimSuffix(api.ErrorCode()+": "+shorten(text), ": "))
	}
	var op *smithy.OperationError
	for errors.As(err, &op) {
		err = op.Err
	}
	return shorten(err.Error())
}

// shorten keeps an answer readable.
func shorten(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// fix says what to do; "" where only waiting helps.
func (at site) fix(code provider.ProblemCode, op string, err error) string {
	switch code {
	case provider.ProblemDenied:
		return at.grant(op, err)
	case provider.ProblemCredentials:
		return "Renew the AWS credentials of the console's process (" + at.who + "). Where only this region refuses them, check that it is enabled for the account."
	case provider.ProblemDisabled:
		return fmt.Sprintf("Enable %s and the service in account %s, or leave it out of spec.aws.regions.", at.Region, at.Account)
	case provider.ProblemSuspended:
		return fmt.Sprintf("Ask the owner of account %s to settle its state with AWS.", at.Account)
	case provider.ProblemUnreachable:
		if at.cfg.BaseEndpoint != nil {
			return "Check that the endpoint " + *at.cfg.BaseEndpoint + " answers."
		}
		return "The next sync tries again. Where it stays so, check the network's way to the AWS endpoints of " + at.Region + "."
	default:
		return ""
	}
}

// grant says which permission is missing, and where.
func (at site) grant(op string, err error) string {
	text := err.Error()
	switch {
	case op == assumeRole.Op:
		return fmt.Sprintf("Create the role %s in account %s with the template on the permissions page, and let its trust policy name %s, with the external id if it asks for one.", at.who, at.Account, at.caller)
	case strings.Contains(text, "service control policy"):
		return fmt.Sprintf("A service control policy of the organization denies it: allow %s for %s there.", action(op), at.who)
	case strings.Contains(text, "explicit deny"):
		return fmt.Sprintf("A policy denies it explicitly: except %s from it, and allow it %s.", at.who, action(op))
	}
	return fmt.Sprintf("Allow %s to %s.", action(op), at.who)
}

// apiCode is the provider's own error code, "" where there is none.
func apiCode(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}
