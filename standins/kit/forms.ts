import type { FastifyInstance } from 'fastify';

/** Reads `application/x-www-form-urlencoded` bodies into a flat object of strings (the last of equal names wins). */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
}
