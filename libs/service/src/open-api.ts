import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { jsonSchemaOf } from './json-schema.ts';
import { unknownRoute } from './problem.ts';
import type { ServiceRequest } from './request.ts';
import { BODIES } from './route.ts';

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['post']>;
type ContentObject = NonNullable<Extract<OperationObject['requestBody'], { content: unknown }>>['content'];

/** A problem (RFC 9457) as a schema. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  field: z.string().optional(),
  remedy: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), reason: z.string(), remedy: z.string() })).optional(),
  quarantine: z.uuid().optional().describe('where what was sent is kept'),
  traceId: z.string().optional(),
});

/** What a link may open. */
export const PAGES: ReadonlySet<string> = new Set(['/', '/docs', '/docs/', '/docs/index.html']);

/** Files that the page is made of; of the folder they come from nothing else is served. */
const PAGE_FILES = new Set([
  ...['', 'index.html', 'swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js'],
  ...['swagger-ui-init.js', 'favicon-16x16.png', 'favicon-32x32.png'],
]);

/** @returns 404 for a request that would read any other file of that folder */
export function hiddenFile({ url, routeOptions }: Pick<ServiceRequest, 'url' | 'routeOptions'>) {
  if (!/^\/docs\/(docs\/)?\*$/.test(routeOptions?.url ?? '')) return undefined;
  const [path = ''] = url.split(/[?#]/, 1);
  return PAGE_FILES.has(path.replace(/^\/docs\/(docs\/)?/, '')) ? undefined : unknownRoute();
}

/** Serves OpenAPI 3.1 at /openapi.json and a page to read and try it at /docs, where / leads. Call before the app is initialised. */
export function serveOpenApi(app: NestFastifyApplication, about: { title: string; version: string }): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= documentOf(app, about)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: about.title,
  });
  app
    .getHttpAdapter()
    .getInstance()
    .get('/', (_request, reply) => reply.redirect('/docs'));
}

/** Raw bodies, each under its own content type. */
function showBodies(operation: OperationObject): OperationObject {
  const { [BODIES]: content, ...rest } = operation as OperationObject & Record<string, unknown>;
  if (content === undefined) return operation;
  return { ...rest, requestBody: { required: true, content: content as ContentObject } };
}

function documentOf(app: NestFastifyApplication, about: { title: string; version: string }): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(about.title)
    .setVersion(about.version)
    .build();
  const document = SwaggerModule.createDocument(app, config, { autoTagControllers: false });
  const schemas = { ...document.components?.schemas, Problem: jsonSchemaOf(problem, 'output') };
  const paths = Object.entries(document.paths).map(([path, item]) => {
    return [path, item.post === undefined ? item : { ...item, post: showBodies(item.post) }];
  });
  return {
    ...document,
    paths: Object.fromEntries(paths) as OpenAPIObject['paths'],
    components: { ...document.components, schemas },
  };
}
