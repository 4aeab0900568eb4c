# enclave-kms in a container, built with the same two steps as on any machine:
# `npm ci` and `npm run build`.
#
#   docker build -t enclave-kms .
#   docker run --rm -p 127.0.0.1:4599:4599 enclave-kms
#
# Node.js 22 is a long-term support release; package.json asks for 20.19 or newer.
FROM node:22-slim AS build
WORKDIR /app
# The packages alone first: this layer stays as long as the lock file does.
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/certs ./certs
COPY --from=build /app/policies ./policies

# The image's own unprivileged user, `node`, by number, so that an orchestrator can see that it is
# not root. All files belong to root: the program cannot change itself.
USER 1000:1000
EXPOSE 4599

# From inside the container, where the control API is answered without a token. It follows
# ENCLAVE_KMS_PORT; with --port or --tls, run the container with a check of your own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ENCLAVE_KMS_PORT || 4599}/_/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# 0.0.0.0, because a published port arrives on the container's network interface, not on its
# loopback one; which machines reach it is for `docker run -p` to say (127.0.0.1:4599:4599 above is
# this machine alone). For the same reason no control call under /_/ from outside looks local: such
# calls need a token, given with `docker run -e ENCLAVE_KMS_CONTROL_TOKEN=…` and sent as
# `Authorization: Bearer …`. Without one they are refused; KMS and STS calls are answered.
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["serve", "--host", "0.0.0.0"]
