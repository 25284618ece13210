// Package db embeds the schema's migrations. The queries beside them are sqlc's input.
package db

import "embed"

// Migrations are goose SQL files, numbered.
//
//go:embed migrations/*.sql
var Migrations embed.FS
