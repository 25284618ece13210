# One static binary on nothing else: no shell, no package manager, not root.
#   docker build -t causeway .
#   docker run -p 8080:8080 -e CAUSEWAY_DATABASE_URL=... -e CAUSEWAY_PUBLIC_URL=https://... causeway
# The image has no Postgres: `serve` works on a database of yours, and `demo` is for a machine.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# timetzdata: time zones inside the binary, because the image has none.
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags '-s -w' -o /out/console ./cmd/console \
 && mkdir -p /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/tmp /tmp
COPY --from=build /out/console /console
USER 65532:65532
ENV CAUSEWAY_ADDR=:8080 CAUSEWAY_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/console", "healthcheck"]
ENTRYPOINT ["/console"]
CMD ["serve"]
