# Three stages: one builds with all tools, one installs what runs, one holds nothing else.
FROM node:20-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY client/package.json client/

FROM manifests AS build
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build.mjs && rm -r build/compiled

FROM manifests AS dependencies
RUN npm ci --ignore-scripts --omit=dev --workspace=server --workspace=shared --include-workspace-root

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/build build
COPY package.json LICENSE ./
COPY scripts/healthcheck.mjs scripts/
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "--max-semi-space-size=32", "build/server/main.js"]
