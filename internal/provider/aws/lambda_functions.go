package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var lambdaFunctions = family{
	API: "lambda.functions", Title: "Lambda functions", Kinds: []cloud.Kind{"compute.function"},
	calls: []call{
		{Op: "Lambda.ListFunctions", Action: "lambda:ListFunctions", Why: "functions", try: func(ctx context.Context, at site) error {
			_, err := lambda.NewFromConfig(at.cfg).ListFunctions(ctx, &lambda.ListFunctionsInput{MaxItems: sdk.Int32(1)})
			return err
		}},
		{Op: "Lambda.ListTags", Action: "lambda:ListTags", Why: "tags", try: func(ctx context.Context, at site) error {
			client := lambda.NewFromConfig(at.cfg)
			out, err := client.ListFunctions(ctx, &lambda.ListFunctionsInput{MaxItems: sdk.Int32(1)})
			if err != nil {
				return err
			}
			if len(out.Functions) == 0 {
				return errNothingThere
			}
			first := out.Functions[0]
			_, err = client.ListTags(ctx, &lambda.ListTagsInput{Resource: first.FunctionArn})
			return on("function "+sdk.ToString(first.FunctionName), err)
		}},
	},
	list: listFunctions,
}

func listFunctions(ctx context.Context, at site, out *rows) error {
	client := lambda.NewFromConfig(at.cfg)
	pages := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{MaxItems: sdk.Int32(50)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		err = details(ctx, out, page.Functions, func(ctx context.Context, f lambdatypes.FunctionConfiguration) (*provider.Resource, error) {
			t, err := client.ListTags(ctx, &lambda.ListTagsInput{Resource: f.FunctionArn})
			if gone(err) {
				return nil, nil // deleted since it was listed
			}
			if err != nil {
				return nil, on("function "+sdk.ToString(f.FunctionName), err)
			}
			res := fromFunction(at.place, f, t.Tags)
			return &res, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fromFunction never reads Environment: that is where passwords are.
func fromFunction(p place, f lambdatypes.FunctionConfiguration, list map[string]string) provider.Resource {
	field := func(name, value string) provider.Evidence {
		return provider.Evidence{API: "lambda:ListFunctions", Field: name, Value: value}
	}
	a := attrs{}
	word(a, "runtime", f.Runtime)
	word(a, "package_type", f.PackageType)
	a.text("role", f.Role)
	a.text("last_modified", f.LastModified)
	a.number("memory_mib", f.MemorySize)
	a.number("timeout_s", f.Timeout)
	var archs []string
	for _, arch := range f.Architectures {
		archs = append(archs, string(arch))
	}
	a.list("architectures", archs)
	if f.VpcConfig != nil {
		a.text("vpc_id", f.VpcConfig.VpcId)
	}
	found := []provider.Location{p.at(provider.FacetProcess, field("FunctionArn", sdk.ToString(f.FunctionArn)))}
	if f.LoggingConfig != nil && sdk.ToString(f.LoggingConfig.LogGroup) != "" {
		found = append(found, p.at(provider.FacetLog, field("LoggingConfig.LogGroup", *f.LoggingConfig.LogGroup)))
	}
	var l links
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(f.KMSKeyArn)))
	return provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(f.FunctionArn), NativeType: "AWS::Lambda::Function",
		Name: sdk.ToString(f.FunctionName), Region: p.Region, Tags: tagMap(list), Attributes: a, Relations: l, Locations: found,
	}
}
