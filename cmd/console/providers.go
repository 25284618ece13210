package main

import (
	"log/slog"

	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/aws"
	"github.com/causeway/causeway/internal/provider/sample"
	"github.com/causeway/causeway/internal/provider/terraform"
)

// factories is the list of adapters. A new provider is its folder and one line here.
func factories(cfg config.Config, log *slog.Logger) []provider.Factory {
	return []provider.Factory{
		aws.Factory(aws.Config{AllowLoopbackEndpoint: cfg.AllowLoopbackEndpoints, Log: log}),
		terraform.Factory(terraform.Config{Root: cfg.TerraformRoot}),
		sample.Factory(),
	}
}
