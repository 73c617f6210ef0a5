// Prints what BuildKit, the builder of docker, makes of a Dockerfile, without building it and without a network.
//
// usage: dockerfile FILE OS/ARCHITECTURE [ARGUMENT=VALUE...]
//
// Output: JSON {"sources": [{"identifier", "attributes", "platform"}], "copies": [{"from", "to"}],
// "commands": [{"arguments": [...], "platform"}], "entrypoint": [...], "user", "warnings": [...]}: what the image of that
// platform is made of, with every argument expanded and stages that do not count left out.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type source struct {
	Identifier string            `json:"identifier"`
	Attributes map[string]string `json:"attributes"`
	Platform   string            `json:"platform"`
}

type copied struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type command struct {
	Arguments []string `json:"arguments"`
	Platform  string   `json:"platform"`
}

type result struct {
	Sources    []source  `json:"sources"`
	Copies     []copied  `json:"copies"`
	Commands   []command `json:"commands"`
	Entrypoint []string  `json:"entrypoint"`
	User       string    `json:"user"`
	Warnings   []string  `json:"warnings"`
}

// registry answers for every image with one layer of nothing, of the platform asked for: an image without a layer would
// be taken for scratch and left out.
type registry struct{}

func (registry) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	image := ocispecs.Image{
		Platform: platforms.DefaultSpec(),
		RootFS:   ocispecs.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromString(ref)}},
	}
	if opt.ImageOpt != nil && opt.ImageOpt.Platform != nil {
		image.Platform = *opt.ImageOpt.Platform
	}
	config, err := json.Marshal(image)
	return ref, digest.FromBytes(config), config, err
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "dockerfile:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: dockerfile FILE OS/ARCHITECTURE [ARGUMENT=VALUE...]")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	platform, err := platforms.Parse(args[1])
	if err != nil {
		return err
	}
	arguments := map[string]string{}
	for _, argument := range args[2:] {
		name, value, _ := strings.Cut(argument, "=")
		arguments[name] = value
	}
	var made result
	state, image, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, dockerfile2llb.ConvertOpt{
		Config: dockerui.Config{
			BuildArgs:      arguments,
			BuildPlatforms: []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}},
		},
		TargetPlatform: &platform,
		MetaResolver:   registry{},
		Warn: func(rule, _, _, message string, where []parser.Range) {
			made.Warnings = append(made.Warnings, fmt.Sprintf("line %d: %s: %s", where[0].Start.Line, rule, message))
		},
	})
	if err != nil {
		return err
	}
	made.Entrypoint, made.User = image.Config.Entrypoint, image.Config.User
	definition, err := state.Marshal(context.Background(), llb.Platform(platform))
	if err != nil {
		return err
	}
	for _, bytes := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(bytes); err != nil {
			return err
		}
		made.add(&op)
	}
	return json.NewEncoder(os.Stdout).Encode(made)
}

func (r *result) add(op *pb.Op) {
	if s := op.GetSource(); s != nil {
		r.Sources = append(r.Sources, source{s.Identifier, s.Attrs, name(op.Platform)})
	}
	for _, action := range op.GetFile().GetActions() {
		if c := action.GetCopy(); c != nil {
			r.Copies = append(r.Copies, copied{c.Src, c.Dest})
		}
	}
	if e := op.GetExec(); e != nil {
		r.Commands = append(r.Commands, command{e.Meta.Args, name(op.Platform)})
	}
}

func name(platform *pb.Platform) string {
	if platform == nil {
		return ""
	}
	return platform.OS + "/" + platform.Architecture
}
