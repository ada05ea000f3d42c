import { Duration } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  type ErrorResponse,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { PAGE_PATH } from '../../functions/page/handler.ts';
import { API_PATHS } from './api-paths.ts';
import { namesOf } from './names.ts';
import type { StackSettings } from './settings.ts';
import { SOCKET_PATHS } from './socket-paths.ts';
import { UNAVAILABLE_PATH } from './unavailable.ts';

export interface WebProps {
  /** Domain of the HTTP API. */
  readonly api: string;
  /** Domain of the WebSocket API. */
  readonly sockets: string;
  readonly settings: StackSettings;
}

/** One host for everything (rule 28), and its address where the functions find it. */
export class Web extends Construct {
  readonly distribution: Distribution;
  readonly apiUrl: string;

  constructor(scope: Construct, id: string, props: WebProps) {
    super(scope, id);
    const api = passThrough(props.api);
    const sockets = { ...passThrough(props.sockets), functionAssociations: [this.socketPath()] };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: namesOf(this).prefix,
      httpVersion: HttpVersion.HTTP2,
      defaultBehavior: page(props.api),
      defaultRootObject: 'index.html',
      additionalBehaviors: {
        ...Object.fromEntries(SOCKET_PATHS.map((path) => [path, sockets])),
        [UNAVAILABLE_PATH]: { ...api, cachePolicy: CachePolicy.CACHING_OPTIMIZED },
        ...Object.fromEntries(API_PATHS.map((path) => [path, api])),
      },
      errorResponses: errorResponses(),
    });
    this.apiUrl = props.settings.apiUrl ?? `https://${this.distribution.distributionDomainName}/api`;
    new StringParameter(this, 'ApiUrl', {
      parameterName: namesOf(this).apiUrlParameter,
      description: 'The address of the pushpool API, for the containers it starts',
      stringValue: this.apiUrl,
    });
  }

  private socketPath() {
    const filePath = new URL('./edge/socket-path.js', import.meta.url).pathname;
    const edgeFunction = new EdgeFunction(this, 'SocketPath', {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromFile({ filePath }),
      comment: 'pushpool: the path of a socket as a header',
    });
    return { eventType: FunctionEventType.VIEWER_REQUEST, function: edgeFunction };
  }
}

/** Everything through as it came, but for `Host`, by which API Gateway knows its API. Nothing is cached. */
function passThrough(domain: string): BehaviorOptions {
  return {
    origin: new HttpOrigin(domain, { readTimeout: Duration.seconds(30), keepaliveTimeout: Duration.seconds(60) }),
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    compress: false,
  };
}

/** The web page, kept as long as its own headers say: files whose names carry a hash for a year, the page itself not. */
function page(domain: string): BehaviorOptions {
  return {
    origin: new HttpOrigin(domain, { originPath: PAGE_PATH, keepaliveTimeout: Duration.seconds(60) }),
    allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
    cachePolicy: CachePolicy.CACHING_OPTIMIZED,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
  };
}

/**
 * 500 and 504 become 503, which Prefect's clients retry (rule 27). CloudFront would keep errors for 10 s whatever the cache
 * policy says: a run that is not there yet must not stay absent, so all it may keep are kept 0 s.
 */
function errorResponses(): ErrorResponse[] {
  const kept = [400, 403, 404, 405, 414, 416, 501, 502, 503];
  const unavailable = { responseHttpStatus: 503, responsePagePath: UNAVAILABLE_PATH };
  return [
    ...kept.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    ...[500, 504].map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0), ...unavailable })),
  ];
}
