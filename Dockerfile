# One image for every HERMES process; the command chooses which. Runs as an ordinary user.
FROM node:20-bookworm-slim
# Python carries the keyless speech recogniser (pocketsphinx, fetched on first use, pinned by hash).
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY tsconfig.json ./
COPY migrations ./migrations
COPY temporal ./temporal
COPY standins ./standins
COPY src ./src
RUN mkdir -p /data && chown node:node /data
USER node
ENV HERMES_DATA_DIR=/data HERMES_HOST=0.0.0.0
ENTRYPOINT ["node", "--import", "tsx"]
CMD ["src/api/server.ts"]
