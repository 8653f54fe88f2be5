/** What a stack is made of: the structure, which Pulumi.<stack>.yaml's scalars then fill in. */
export interface Shape {
  /**
   * In the order in which they are listed in outputs and set up where order matters. From 1 to 9. New ones go to the end:
   * a cluster that grows has them there before it counts on them.
   */
  nodes: NodeShape[];
  /**
   * The node that starts the databases when no node has data yet. Who is primary later is the cluster's own decision;
   * this name is not asked again.
   */
  nominated: string;
  /** Whether Pulumi refuses to delete the droplets and what identifies them. */
  protect: boolean;
}

export interface NodeShape {
  /** Its identity. It never changes and is never reused for another machine: lower-case letters, digits and hyphens. */
  name: string;
  /** DigitalOcean's size slug. Default: trivet:nodeSize. */
  size?: string;
  /** Whether it holds PostgreSQL's and redis' data. Default true. The number of such nodes is odd, so that a majority exists. */
  data?: boolean;
}
