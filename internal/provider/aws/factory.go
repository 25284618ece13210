package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

// Config is what the process decides for every source of this adapter.
type Config struct {
	// HTTPClient sends every request, credentials' included. nil: one of our own, which refuses to
	// dial link-local addresses for a source with an endpoint.
	HTTPClient HTTPClient
	// AllowLoopbackEndpoint lets a source name an endpoint on this machine: an emulator.
	AllowLoopbackEndpoint bool
	// Log takes what the SDK has to say. nil: nothing does.
	Log *slog.Logger
	// Jitter returns a number in [0,1) that retries are spread by. nil: a random one.
	Jitter func() float64
}

// Factory returns the adapter.
func Factory(c Config) provider.Factory {
	if c.Jitter == nil {
		c.Jitter = rand.Float64
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return provider.Factory{
		Adapter: "aws",
		Title:   "Amazon Web Services",
		Badge:   cloud.AWS,
		Help: "Reads EC2, S3, RDS, DynamoDB, EKS, Lambda and KMS of one account, of several, or of a whole organization. " +
			"It needs read-only calls; the permissions page has a role template that allows exactly those. Credentials come from " +
			"the AWS SDK's default chain of the console's process and are never stored.",
		Fields: fields(),
		Check:  func(raw json.RawMessage) error { _, err := parseSettings(raw, c.AllowLoopbackEndpoint); return err },
		Open:   c.open,
		Role: func(json.RawMessage) (string, []byte, error) {
			return "causeway-read.yaml", []byte(RoleTemplate()), nil
		},
		Permissions: Permissions(),
	}
}

func fields() []provider.Field {
	return []provider.Field{
		{Name: "regions", Label: "Regions", Type: provider.FieldList, Example: "eu-central-1", Help: "Empty: every region that is enabled in the account."},
		{Name: "accounts.organization", Label: "Whole organization", Type: provider.FieldBool, Help: "Reads every account of the caller's organization by assuming the role in it."},
		{Name: "accounts.ids", Label: "Accounts", Type: provider.FieldList, Example: "012345678901", Help: "Reads these accounts by assuming the role. Neither this nor the whole organization: the caller's own account."},
		{Name: "accounts.role", Label: "Role", Type: provider.FieldText, Example: DefaultRole, Help: "The name of the role in each account. The caller's own account is read with the caller's own rights."},
		{Name: "accounts.external_id_secret", Label: "Secret with the external id", Type: provider.FieldText, Example: "aws-external-id", Help: "The name of a secret in the secrets directory, where the role's trust policy asks for an external id."},
		{Name: "home_region", Label: "Home region", Type: provider.FieldText, Example: "eu-central-1", Help: "Where calls that belong to no region are sent. Empty: the region of the process's AWS configuration."},
		{Name: "endpoint", Label: "Endpoint", Type: provider.FieldURL, Example: "https://aws.internal.example.com", Help: "Only for private endpoints and emulators: every call goes there."},
	}
}

// open prepares a reader. It resolves the chain of credentials but lists nothing.
func (c Config) open(ctx context.Context, src provider.Source) (provider.Reader, error) {
	s, err := parseSettings(src.Settings, c.AllowLoopbackEndpoint)
	if err != nil {
		return nil, fmt.Errorf("open source %s: %w", src.Name, err)
	}
	externalID := ""
	if name := s.Accounts.ExternalIDSecret; name != "" {
		if externalID, err = src.Secret(name); err != nil {
			return nil, fault.Say(fault.Invalid, "spec.aws.accounts.external_id_secret: the secret %q of source %s cannot be read.", name, src.Name).In("accounts.external_id_secret").Because(err)
		}
	}
	base, err := c.base(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("open source %s: %w", src.Name, err)
	}
	return newReader(src, s, base, externalID), nil
}

// base is the configuration with the caller's own rights, in the home region.
func (c Config) base(ctx context.Context, s settings) (sdk.Config, error) {
	opts := []func(*config.LoadOptions) error{config.WithRetryer(newRetryer(c.Jitter)), config.WithLogger(sdkLog(c.Log))}
	if c.HTTPClient != nil {
		opts = append(opts, config.WithHTTPClient(c.HTTPClient))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return sdk.Config{}, &provider.Problem{
			Code: provider.ProblemCredentials, Text: "The AWS configuration of the console's process cannot be read: " + shorten(err.Error()),
			Fix: "Correct the AWS_* environment variables or the shared configuration file of the process.", Err: err,
		}
	}
	switch {
	case s.HomeRegion != "":
		cfg.Region = s.HomeRegion
	case cfg.Region == "" && len(s.Regions) > 0:
		cfg.Region = s.Regions[0]
	case cfg.Region == "":
		return sdk.Config{}, fault.Say(fault.Invalid, "No home region: set spec.aws.home_region, or AWS_REGION for the console's process.").In("home_region")
	}
	if s.Endpoint != "" {
		cfg.BaseEndpoint = sdk.String(s.Endpoint)
		if c.HTTPClient == nil {
			cfg.HTTPClient = endpointClient(c.AllowLoopbackEndpoint)
		}
	}
	return cfg, nil
}

// sdkLog passes the SDK's warnings on; by itself it would write to standard error.
func sdkLog(log *slog.Logger) logging.Logger {
	return logging.LoggerFunc(func(class logging.Classification, format string, v ...any) {
		if class == logging.Warn {
			log.Warn("aws sdk warns", "said", fmt.Sprintf(format, v...))
			return
		}
		log.Debug("aws sdk", "said", fmt.Sprintf(format, v...))
	})
}
